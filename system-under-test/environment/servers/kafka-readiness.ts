import type { Admin } from 'kafkajs';
import { kafkaClient } from './kafka-client.ts';

/**
 * One group per partition of `__consumer_offsets`: a group's partition is the hash of its name modulo the number of
 * partitions (5, see `kafka-settings.ts`), and the hash of a one-letter string is the letter's code.
 */
const PROBE_GROUPS = ['a', 'b', 'c', 'd', 'e'] as const;

/** Where the broker keeps the groups; on a new broker it does not exist before the first group is asked for. */
const GROUPS_TOPIC = '__consumer_offsets';

/**
 * Rejects unless the broker leads every partition of `topics` and, once it has groups, coordinates them. Metadata
 * names a leader earlier than that: before the leader has opened the partition's log.
 */
export async function probePartitions(admin: Admin, topics: readonly string[]): Promise<void> {
  await Promise.all(topics.map((topic) => admin.fetchTopicOffsets(topic)));
  if (topics.includes(GROUPS_TOPIC)) await probeGroupCoordinators(admin);
}

/** Rejects unless the broker on `port` is part of its cluster and in sync for every partition that it replicates. */
export async function probeMembership(admin: Admin, port: number): Promise<void> {
  const { brokers } = await admin.describeCluster();
  const self = brokers.find((broker) => broker.port === port);
  if (self === undefined) throw new Error('the other brokers do not know it');
  const { topics } = await admin.fetchTopicMetadata();
  const late = topics.flatMap(({ name, partitions }) =>
    partitions
      .filter(({ replicas, isr }) => replicas.includes(self.nodeId) && !isr.includes(self.nodeId))
      .map(({ partitionId }) => `${name}/${partitionId}`),
  );
  if (late.length > 0) throw new Error(`it has not caught up with ${late.length} partitions, e.g. ${late[0]}`);
}

/**
 * Rejects unless the coordinator of every possible consumer group answers. Asking makes no group. The topic does not
 * matter, but without one the broker answers at once and does not ask the coordinator.
 */
async function probeGroupCoordinators(admin: Admin): Promise<void> {
  await Promise.all(PROBE_GROUPS.map((groupId) => admin.fetchOffsets({ groupId, topics: [GROUPS_TOPIC] })));
}

/**
 * One attempt at making groups and transactions usable. The broker makes the topics of their coordinators when they are
 * first asked for and refuses meanwhile, in words that kafkajs does not retry inside a transaction.
 */
export async function wakeCoordinators(admin: Admin, ports: readonly number[]): Promise<void> {
  const producer = kafkaClient(ports).producer({
    transactionalId: 'environment',
    idempotent: true,
    maxInFlightRequests: 1,
    retry: { initialRetryTime: 20, maxRetryTime: 200, retries: 20 },
  });
  try {
    await producer.connect();
    await (await producer.transaction()).abort();
  } finally {
    await producer.disconnect();
  }
  await probeGroupCoordinators(admin);
}
