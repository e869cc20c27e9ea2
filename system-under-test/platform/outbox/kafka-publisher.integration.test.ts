import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { HEADERS } from '#sut/contract/messages.ts';
import { eventsTopic, PARTICIPANTS } from '#sut/contract/topics.ts';
import { provisionTopics } from '../../environment/servers/provision-topics.ts';
import { type StartedCluster, startCluster } from '../../environment/testing/start-server.ts';
import { createKafka } from '../kafka/kafka-client.ts';
import type { OutboxEvent } from '../store.ts';
import { readTopics } from '../testing/read-topics.ts';
import { openKafkaPublisher } from './kafka-publisher.ts';

const BATCHES = 150;
const BATCH_SIZE = 20;
const topics = PARTICIPANTS.map(eventsTopic);

let brokers: StartedCluster;
beforeAll(async () => {
  brokers = await startCluster('kafka', 3);
  await provisionTopics(
    brokers.members.map(({ port }) => port),
    AbortSignal.timeout(60_000),
  );
}, 240_000);
afterAll(async () => {
  await brokers?.[Symbol.asyncDispose]();
});

function event(number: number): OutboxEvent {
  const [id, topic] = [crypto.randomUUID(), topics[number % topics.length] ?? ''];
  const aggregateId = `aggregate-${number}`;
  const headers = {
    ...{ [HEADERS.messageId]: id, [HEADERS.aggregateId]: aggregateId },
    ...{ [HEADERS.type]: 'written', [HEADERS.version]: '1' },
  };
  const place = { topic, aggregateId, type: 'written', version: 1 };
  return { id, ...place, payload: { number }, headers, createdAt: new Date(), processedAt: undefined };
}

test('batches that go to partitions of several brokers, one transaction right after the other, are in the log once', async () => {
  const addresses = brokers.members.map(({ url }) => url);
  const kafka = createKafka({ brokers: addresses, clientId: 'relay', log: pino({ level: 'silent' }) });
  const events = Array.from({ length: BATCHES * BATCH_SIZE }, (_, number) => event(number));
  await using publisher = await openKafkaPublisher(kafka, 'several-brokers.relay');
  for (let from = 0; from < events.length; from += BATCH_SIZE) {
    await publisher.publish(events.slice(from, from + BATCH_SIZE));
  }
  const read = await readTopics(String(addresses[0]), topics);
  expect(read.map(({ id }) => id).toSorted()).toEqual(events.map(({ id }) => id).toSorted());
}, 240_000);
