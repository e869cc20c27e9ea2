import { CompressionTypes, Kafka, logLevel } from 'kafkajs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type StartedServer, startServer } from '#sut/environment/testing/start-server.ts';
import { BrokerConnection, BrokerConnectionLost } from './broker-connection.ts';
import { decodeCommittedOffset } from './committed-offset.ts';
import { KafkaCluster } from './kafka-cluster.ts';
import { PartitionUnreadable } from './read-log.ts';

const signal = AbortSignal.timeout(170_000);
let kafka: StartedServer;
let client: Kafka;

beforeAll(async () => {
  kafka = await startServer('kafka', { signal });
  client = new Kafka({
    brokers: [kafka.url],
    logLevel: logLevel.NOTHING,
    retry: { initialRetryTime: 20, retries: 10 },
  });
  const admin = client.admin();
  await admin.connect();
  await admin.createTopics({
    topics: ['plain', 'mixed', 'commits'].map((topic) => ({ topic, numPartitions: 3 })),
    waitForLeaders: true,
  });
  await admin.disconnect();
});

afterAll(async () => {
  await kafka[Symbol.asyncDispose]();
});

async function beginnings(topic: string) {
  using cluster = new KafkaCluster([kafka.port]);
  return (await cluster.partitions([topic], signal)).map((partition) => ({ ...partition, offset: 0 }));
}

test('reads every record of every partition, with key, value and headers', async () => {
  const producer = client.producer();
  await producer.connect();
  const messages = Array.from({ length: 500 }, (_, index) => ({
    key: `key-${index}`,
    value: JSON.stringify({ index, filler: 'ü'.repeat(index) }),
    headers: { 'message-id': `m-${index}`, note: 'Größe' },
  }));
  for (let from = 0; from < messages.length; from += 50) {
    await producer.send({
      topic: 'plain',
      messages: messages.slice(from, from + 50),
      compression: CompressionTypes.None,
    });
  }
  await producer.disconnect();
  using cluster = new KafkaCluster([kafka.port]);
  const records = await cluster.readToEnd(await beginnings('plain'), 'read_committed', signal);
  expect(records).toHaveLength(500);
  expect(new Set(records.map(({ headers }) => headers['message-id']))).toEqual(
    new Set(messages.map(({ headers }) => headers['message-id'])),
  );
  for (const { key, value, headers } of records) {
    const { index, filler } = JSON.parse(value?.toString() ?? '');
    expect(key?.toString()).toBe(`key-${index}`);
    expect(filler).toHaveLength(index);
    expect(headers.note).toBe('Größe');
  }
  expect(new Set(records.map(({ partition }) => partition)).size).toBe(3);
});

test('tells committed records from aborted ones and from an open transaction', async () => {
  const producer = client.producer({ transactionalId: 'mixed', maxInFlightRequests: 1, idempotent: true });
  await producer.connect();
  const inTransaction = async (value: string, end: 'commit' | 'abort' | 'leave open') => {
    const transaction = await producer.transaction();
    await transaction.send({
      topic: 'mixed',
      messages: [0, 1, 2].map((partition) => ({ partition, key: value, value })),
    });
    if (end !== 'leave open') await transaction[end]();
  };
  await inTransaction('a', 'commit');
  await inTransaction('b', 'abort');
  await inTransaction('c', 'commit');
  await inTransaction('d', 'abort');
  await inTransaction('e', 'commit');
  await inTransaction('f', 'leave open');
  using cluster = new KafkaCluster([kafka.port]);
  const values = async (isolation: 'read_committed' | 'read_uncommitted') =>
    (await cluster.readToEnd(await beginnings('mixed'), isolation, signal))
      .filter(({ partition }) => partition === 1)
      .map(({ value }) => value?.toString());
  expect(await values('read_committed')).toEqual(['a', 'c', 'e']);
  expect(await values('read_uncommitted')).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
  await producer.disconnect();
});

test('commits of a real consumer group can be read from __consumer_offsets', async () => {
  const admin = client.admin();
  await admin.connect();
  await admin.setOffsets({ groupId: 'payment', topic: 'commits', partitions: [{ partition: 2, offset: '41' }] });
  await admin.disconnect();
  using cluster = new KafkaCluster([kafka.port]);
  const partitions = [1, 2].map((partition) => ({ topic: 'commits', partition }));
  expect(await cluster.committedOffsets('payment', partitions, signal)).toEqual([
    { topic: 'commits', partition: 1, offset: -1, errorCode: 0 },
    { topic: 'commits', partition: 2, offset: 41, errorCode: 0 },
  ]);
  const records = await cluster.readToEnd(await beginnings('__consumer_offsets'), 'read_uncommitted', signal);
  expect(records.map(decodeCommittedOffset)).toContainEqual({
    group: 'payment',
    topic: 'commits',
    partition: 2,
    offset: 41,
  });
});

test('a topic that does not exist is an error', async () => {
  await expect(beginnings('nowhere')).rejects.toThrow(PartitionUnreadable);
});

test('a broker that dies is noticed at once, and can be read again once it is back', async () => {
  using before = await BrokerConnection.open(kafka.port, signal);
  const positions = await beginnings('mixed');
  const atEnd = (await before.ends(positions, 'read_uncommitted', signal)).map((end) => ({ ...end }));
  const waiting = before.fetch(
    atEnd,
    { isolation: 'read_uncommitted', maxWaitMs: 30_000, maxBytesPerPartition: 1_000 },
    signal,
  );
  const noticed = expect(waiting).rejects.toThrow(BrokerConnectionLost);
  await kafka.restart();
  await noticed;
  using after = new KafkaCluster([kafka.port]);
  expect((await after.readToEnd(positions, 'read_committed', signal)).length).toBe(9);
});
