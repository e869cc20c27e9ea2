import { expect, test } from 'vitest';
import { TOPIC_SETTINGS, TOPICS } from '#sut/contract/topics.ts';
import { startServer } from '../testing/start-server.ts';
import { kafkaClient, withKafkaAdmin } from './kafka-client.ts';
import { provisionTopics, resetTopics } from './provision-topics.ts';

const TOPIC = 'order.events';
const soon = () => AbortSignal.timeout(30_000);

/** One committed transaction: a record, and a group's offset. */
async function sendOne(port: number, value: string): Promise<void> {
  const retry = { initialRetryTime: 20, retries: 30 };
  const options = { transactionalId: 'sender', idempotent: true, maxInFlightRequests: 1, retry };
  const producer = kafkaClient([port]).producer(options);
  await producer.connect();
  try {
    const transaction = await producer.transaction();
    await transaction.send({ topic: TOPIC, messages: [{ key: 'order-1:1', value }] });
    const progress = { topic: TOPIC, partitions: [{ partition: 0, offset: '7' }] };
    await transaction.sendOffsets({ consumerGroupId: 'readers', topics: [progress] });
    await transaction.commit();
  } finally {
    await producer.disconnect();
  }
}

const recordsIn = (port: number) =>
  withKafkaAdmin([port], soon(), async (admin) => {
    const offsets = await admin.fetchTopicOffsets(TOPIC);
    return offsets.reduce((sum, { high }) => sum + Number(high), 0);
  });

const groupProgress = (port: number) =>
  withKafkaAdmin([port], soon(), async (admin) => {
    const [progress] = await admin.fetchOffsets({ groupId: 'readers', topics: [TOPIC] });
    return progress?.partitions[0]?.offset;
  });

/** A commit is answered before its markers are written; only then do readers of committed data see it. */
async function settled(port: number): Promise<void> {
  await expect.poll(() => recordsIn(port), { timeout: 5_000 }).toBeGreaterThan(0);
  await expect.poll(() => groupProgress(port), { timeout: 5_000 }).toBe('7');
}

test('a broker keeps committed transactions through kill -9 and is back within seconds', async () => {
  await using kafka = await startServer('kafka');
  await provisionTopics(kafka.port, soon());
  await provisionTopics(kafka.port, soon());
  await sendOne(kafka.port, 'before the kill');
  const pid = kafka.pid;
  await settled(kafka.port);
  const records = await recordsIn(kafka.port);

  const killedAt = performance.now();
  await kafka.restart();
  expect(performance.now() - killedAt).toBeLessThan(30_000);
  expect(kafka.pid).not.toBe(pid);
  expect(await recordsIn(kafka.port)).toBe(records);
  expect(await groupProgress(kafka.port)).toBe('7');
  await sendOne(kafka.port, 'after the kill');
  await expect.poll(() => recordsIn(kafka.port)).toBeGreaterThan(records);
});

test('topics are those of the contract, and a reset leaves them empty and without progress', async () => {
  await using kafka = await startServer('kafka');
  await provisionTopics(kafka.port, soon());
  await sendOne(kafka.port, 'to be forgotten');
  await settled(kafka.port);

  await resetTopics(kafka.port, soon());
  expect(await recordsIn(kafka.port)).toBe(0);
  expect(await groupProgress(kafka.port)).toBe('-1');
  const { topics } = await withKafkaAdmin([kafka.port], soon(), (admin) =>
    admin.fetchTopicMetadata({ topics: [...TOPICS] }),
  );
  expect(topics.map(({ name }) => name).toSorted()).toEqual([...TOPICS].sort());
  expect(topics.every(({ partitions }) => partitions.length === TOPIC_SETTINGS.partitions)).toBe(true);
  await sendOne(kafka.port, 'the next run');
  await settled(kafka.port);
});

test('a reset waits for a killed member to leave its group, and gives up when told to', async () => {
  await using kafka = await startServer('kafka');
  await provisionTopics(kafka.port, soon());
  const consumer = kafkaClient([kafka.port]).consumer({
    groupId: 'order',
    sessionTimeout: 6_000,
    heartbeatInterval: 500,
  });
  await consumer.connect();
  try {
    await consumer.subscribe({ topic: TOPIC });
    const joined = Promise.withResolvers<void>();
    consumer.on('consumer.group_join', () => joined.resolve());
    await consumer.run({ eachMessage: async () => {} });
    await joined.promise;
    await expect(resetTopics(kafka.port, AbortSignal.timeout(500))).rejects.toMatchObject({ name: 'TimeoutError' });
  } finally {
    await consumer.disconnect();
  }
  await resetTopics(kafka.port, soon());
});
