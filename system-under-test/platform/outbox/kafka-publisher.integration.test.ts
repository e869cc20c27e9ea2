import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { HEADERS } from '#sut/contract/messages.ts';
import { eventsTopic, PARTICIPANTS } from '#sut/contract/topics.ts';
import { provisionTopics } from '../../environment/servers/provision-topics.ts';
import { type StartedCluster, startCluster } from '../../environment/testing/start-server.ts';
import { createKafka, relayProducerConfig } from '../kafka/kafka-client.ts';
import { toRecord } from '../kafka/record-codec.ts';
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

const clientOf = (cluster: StartedCluster) =>
  createKafka({
    ...{ brokers: cluster.members.map(({ url }) => url), clientId: 'relay' },
    log: pino({ level: 'silent' }),
  });

/** Aborts an open transaction in one partition alone, behind the back of its coordinator (KIP-664). */
async function abortInPartition({ topic, partition }: { topic: string; partition: number }): Promise<void> {
  const [member] = brokers.members;
  if (member === undefined) throw new Error('there is no broker');
  const { command, args, env, cwd } = member.spec;
  const tool = ['org.apache.kafka.tools.TransactionsCommand', '--bootstrap-server', member.url, 'abort'];
  const where = ['--topic', topic, '--partition', String(partition), '--start-offset', '0'];
  await promisify(execFile)(command, [...args.slice(0, args.indexOf('kafka.Kafka')), ...tool, ...where], { env, cwd });
}

test('a transaction that is committed in some partitions and aborted in another is told apart, and completed', async () => {
  const kafka = clientOf(brokers);
  const events = topics.map((_, number) => event(1_000_000 + number));
  const producer = kafka.producer(relayProducerConfig('torn.relay'));
  await producer.connect();
  const transaction = await producer.transaction();
  const sent: { topic: string; partition: number }[] = [];
  for (const { topic, ...each } of events) {
    const [metadata] = await transaction.send({ topic, messages: [toRecord({ topic, ...each })], acks: -1 });
    sent.push({ topic, partition: metadata?.partition ?? -1 });
  }
  const [torn] = sent;
  if (torn === undefined) throw new Error('nothing was sent');
  await abortInPartition(torn);
  await transaction.commit();
  await producer.disconnect();

  const never = event(2_000_000);
  await using publisher = await openKafkaPublisher(kafka, 'torn.relay');
  const [lost, ...published] = events.map(({ id }) => id);
  expect(await publisher.publishedAmong([...events, never])).toEqual(published);
  await publisher.publish(events.filter(({ id }) => id === lost));
  const read = await readTopics(String(brokers.members[0]?.url), topics);
  expect(read.map(({ id }) => id).toSorted()).toEqual(events.map(({ id }) => id).toSorted());
}, 120_000);

test('batches that go to partitions of several brokers, one transaction right after the other, are in the log once', async () => {
  const kafka = clientOf(brokers);
  const events = Array.from({ length: BATCHES * BATCH_SIZE }, (_, number) => event(number));
  await using publisher = await openKafkaPublisher(kafka, 'several-brokers.relay');
  for (let from = 0; from < events.length; from += BATCH_SIZE) {
    await publisher.publish(events.slice(from, from + BATCH_SIZE));
  }
  const read = await readTopics(String(brokers.members[0]?.url), topics);
  const ids = new Set(events.map(({ id }) => id));
  expect(read.flatMap(({ id }) => (ids.has(id) ? [id] : [])).toSorted()).toEqual([...ids].toSorted());
}, 240_000);
