import { setTimeout as delay } from 'node:timers/promises';
import type { Admin, KafkaJSDeleteGroupsError } from 'kafkajs';
import { TOPIC_SETTINGS, TOPICS } from '#sut/contract/topics.ts';
import { CONNECT_TOPICS } from './connect-settings.ts';
import { type EntryPorts, portList } from './entry-port-list.ts';
import { withKafkaAdmin } from './kafka-client.ts';
import { probePartitions, wakeCoordinators } from './kafka-readiness.ts';
import { untilResolved } from './until-resolved.ts';

const TIMEOUT_MS = 20_000;
const POLL_MS = 100;
/** Error code of the Kafka protocol. */
const NON_EMPTY_GROUP = 68;

/**
 * Creates the topics of the contract that are not there yet; resolves when each partition has a leader and groups and
 * transactions can be used. `entries`: all brokers.
 */
export async function provisionTopics(entries: EntryPorts, signal: AbortSignal): Promise<void> {
  const ports = portList(entries);
  await withKafkaAdmin(ports, signal, async (admin) => {
    const existing = new Set(await admin.listTopics());
    const missing = TOPICS.filter((topic) => !existing.has(topic));
    const wake = () => wakeCoordinators(admin, ports);
    await Promise.all([
      createTopics(admin, missing, ports.length, signal),
      untilResolved('Kafka has no coordinators for groups and transactions', wake, signal),
    ]);
  });
}

/**
 * Deletes every topic of the contract with its records, and every consumer group with its offsets, then creates the
 * topics anew. The services must be stopped. A member that was killed stays in its group until its session ends; that is
 * waited for, until the signal aborts.
 */
export async function resetTopics(entries: EntryPorts, signal: AbortSignal): Promise<void> {
  const ports = portList(entries);
  await withKafkaAdmin(ports, signal, async (admin) => {
    await deleteGroups(admin, signal);
    const existing = new Set(await admin.listTopics());
    const topics = [...TOPICS, ...CONNECT_TOPICS].filter((topic) => existing.has(topic));
    if (topics.length > 0) await admin.deleteTopics({ topics, timeout: TIMEOUT_MS });
    // Not asked again what exists: the broker may still list for a moment what the controller has deleted.
    await createTopics(admin, TOPICS, ports.length, signal);
  });
}

async function deleteGroups(admin: Admin, signal: AbortSignal): Promise<void> {
  for (;;) {
    signal.throwIfAborted();
    const { groups } = await admin.listGroups();
    if (groups.length === 0) return;
    try {
      await admin.deleteGroups(groups.map(({ groupId }) => groupId));
      return;
    } catch (error) {
      if (!isDeleteGroupsError(error) || error.groups.some(({ errorCode }) => errorCode !== NON_EMPTY_GROUP))
        throw error;
    }
    await delay(POLL_MS, undefined, { signal });
  }
}

/** kafkajs declares the class of this error but does not export it. */
function isDeleteGroupsError(error: unknown): error is KafkaJSDeleteGroupsError {
  return error instanceof Error && error.name === 'KafkaJSDeleteGroupsError' && 'groups' in error;
}

async function createTopics(
  admin: Admin,
  topics: readonly string[],
  brokers: number,
  signal: AbortSignal,
): Promise<void> {
  if (topics.length === 0) return;
  const configEntries = Object.entries(TOPIC_SETTINGS.config).map(([name, value]) => ({ name, value }));
  await admin.createTopics({
    topics: topics.map((topic) => ({
      topic,
      // A record is on every broker, and acknowledged by a majority of them (`min.insync.replicas`).
      replicationFactor: brokers,
      numPartitions: TOPIC_SETTINGS.partitions,
      configEntries,
    })),
    // kafkajs gives up at the first answer from a broker that has not heard of the topics yet.
    waitForLeaders: false,
    timeout: TIMEOUT_MS,
  });
  await untilResolved('Kafka does not serve the new topics', () => probePartitions(admin, topics), signal);
}
