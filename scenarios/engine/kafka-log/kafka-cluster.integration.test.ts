import { Kafka, logLevel, type Producer } from 'kafkajs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type StartedCluster, startCluster } from '#sut/environment/testing/start-server.ts';
import { eventually } from '../../timing/eventually.ts';
import { followTopics } from './follow-topics.ts';
import { KafkaCluster } from './kafka-cluster.ts';

const TOPIC = 'spread';
const PARTITIONS = 6;
const signal = AbortSignal.timeout(170_000);
let brokers: StartedCluster;
let ports: readonly number[];
let client: Kafka;
let producer: Producer;

beforeAll(async () => {
  brokers = await startCluster('kafka', 3, { signal });
  ports = brokers.members.map(({ port }) => port);
  client = new Kafka({
    brokers: ports.map((port) => `127.0.0.1:${port}`),
    logLevel: logLevel.NOTHING,
    retry: { initialRetryTime: 50, retries: 30 },
  });
  await withAdmin((admin) =>
    admin.createTopics({
      topics: [{ topic: TOPIC, numPartitions: PARTITIONS, replicationFactor: 3 }],
      waitForLeaders: true,
    }),
  );
  producer = client.producer({ idempotent: true, maxInFlightRequests: 1 });
  await producer.connect();
});

afterAll(async () => {
  await producer?.disconnect();
  await brokers?.[Symbol.asyncDispose]();
});

async function withAdmin(use: (admin: ReturnType<Kafka['admin']>) => Promise<unknown>): Promise<void> {
  const admin = client.admin();
  await admin.connect();
  try {
    await use(admin);
  } finally {
    await admin.disconnect();
  }
}

/** One record to each partition; resolves to their values. */
async function write(name: string): Promise<readonly string[]> {
  const values = Array.from({ length: PARTITIONS }, (_, partition) => `${name}-${partition}`);
  await producer.send({ topic: TOPIC, messages: values.map((value, partition) => ({ partition, key: value, value })) });
  return values;
}

async function readAll(): Promise<readonly string[]> {
  using cluster = new KafkaCluster(ports);
  const beginnings = (await cluster.partitions([TOPIC], signal)).map((partition) => ({ ...partition, offset: 0 }));
  return (await cluster.readToEnd(beginnings, 'read_committed', signal)).map(({ value }) => String(value)).sort();
}

test('reads each partition from its leader, and a group from its coordinator, also while a broker is down', async () => {
  const groups = ['order', 'payment', 'inventory', 'notification', 'user'];
  const partitions = [{ topic: TOPIC, partition: 3 }];
  await withAdmin(async (admin) => {
    for (const [index, groupId] of groups.entries()) {
      await admin.setOffsets({ groupId, topic: TOPIC, partitions: [{ partition: 3, offset: String(index) }] });
    }
  });
  const committed = async (): Promise<readonly number[]> => {
    using cluster = new KafkaCluster(ports);
    const offsets: number[] = [];
    for (const group of groups) {
      offsets.push(...(await cluster.committedOffsets(group, partitions, signal)).map(({ offset }) => offset));
    }
    return offsets;
  };
  expect(await committed()).toEqual([0, 1, 2, 3, 4]);

  const followed: string[] = [];
  const stop = new AbortController();
  const { done } = await followTopics({
    brokerPorts: ports,
    topics: [TOPIC],
    isolation: 'read_committed',
    onRecord: ({ value }) => followed.push(String(value)),
    signal: AbortSignal.any([signal, stop.signal]),
  });
  const written = [...(await write('before'))];
  expect(await readAll()).toEqual([...written].sort());

  await brokers.members[1]?.kill();
  written.push(...(await write('during')));
  // Until the other brokers have taken over, nobody leads some of it.
  const settled = { timeoutMs: 30_000, intervalMs: 200, signal };
  const read = await eventually('all can be read', async () => ({ seen: await readAll() }), settled);
  expect(read).toEqual([...written].sort());
  expect(await eventually('all groups answer', async () => ({ seen: await committed() }), settled)).toEqual([
    0, 1, 2, 3, 4,
  ]);

  await brokers.members[1]?.restart();
  written.push(...(await write('after')));
  expect(await eventually('all can be read', async () => ({ seen: await readAll() }), settled)).toEqual(
    [...written].sort(),
  );
  await eventually(
    'each record was followed',
    async () =>
      followed.length >= written.length ? { seen: true } : { missing: `${followed.length} of ${written.length}` },
    settled,
  );
  stop.abort();
  await done;
  expect(followed.sort()).toEqual([...written].sort());
});
