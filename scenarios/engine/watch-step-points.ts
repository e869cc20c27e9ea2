import { setTimeout as delay } from 'node:timers/promises';
import { commandsTopic, eventsTopic, PARTICIPANTS, repliesTopic } from '#sut/contract/topics.ts';
import { BrokerConnection, BrokerConnectionLost } from './kafka-log/broker-connection.ts';
import { decodeCommittedOffset } from './kafka-log/committed-offset.ts';
import type { PartitionPosition } from './kafka-log/fetch.ts';
import { listPartitions } from './kafka-log/list-partitions.ts';
import { nextOffset, PartitionUnreadable, partitionKey, visibleRecords } from './kafka-log/read-log.ts';
import { StepPointDetector, type StepPointReached } from './step-point-detector.ts';

const OFFSETS_TOPIC = '__consumer_offsets';
const WATCHED_TOPICS = [
  ...PARTICIPANTS.flatMap((p) => [commandsTopic(p), eventsTopic(p), repliesTopic(p)]),
  OFFSETS_TOPIC,
];
const RECONNECT_DELAY_MS = 100;
/** The broker answers as soon as something is written; this only bounds how long it waits for it. */
const FETCH = { isolation: 'read_uncommitted', maxWaitMs: 500, maxBytesPerPartition: 262_144 } as const;

export interface WatchOptions {
  /** Real port of the broker. */
  readonly brokerPort: number;
  readonly onReached: (reached: StepPointReached) => void;
  readonly signal: AbortSignal;
}

/**
 * Watches the topics from their present end on and reports every point of a saga step, within milliseconds of its being
 * written. Resolves once it is watching, to a promise that ends when the signal aborts and rejects when watching becomes
 * impossible. A broker that goes away is waited for; nothing written meanwhile is missed.
 */
export async function watchStepPoints({
  brokerPort,
  onReached,
  signal,
}: WatchOptions): Promise<{ readonly done: Promise<void> }> {
  using connection = await BrokerConnection.open(brokerPort, signal);
  const partitions = await listPartitions(connection, WATCHED_TOPICS, signal);
  const ends = await connection.ends(partitions, FETCH.isolation, signal);
  const positions = new Map(ends.map((end) => [partitionKey(end), end]));
  return { done: follow({ brokerPort, onReached, signal }, positions) };
}

async function follow(options: WatchOptions, positions: Map<string, PartitionPosition>): Promise<void> {
  const { brokerPort, signal } = options;
  const detector = new StepPointDetector();
  while (!signal.aborted) {
    try {
      using connection = await BrokerConnection.open(brokerPort, signal);
      while (!signal.aborted) await step(connection, options, detector, positions);
    } catch (error) {
      if (signal.aborted) return;
      // A broker that is starting answers with errors of its own (no leader yet) before it serves again.
      if (!(error instanceof BrokerConnectionLost) && !(error instanceof PartitionUnreadable)) throw error;
      await delay(RECONNECT_DELAY_MS, undefined, { signal }).catch(() => undefined);
    }
  }
}

async function step(
  connection: BrokerConnection,
  { onReached, signal }: WatchOptions,
  detector: StepPointDetector,
  positions: Map<string, PartitionPosition>,
): Promise<void> {
  for (const fetched of await connection.fetch([...positions.values()], FETCH, signal)) {
    const key = partitionKey(fetched);
    const from = positions.get(key)?.offset ?? 0;
    if (fetched.errorCode !== 0) throw new PartitionUnreadable(fetched, fetched.errorCode);
    for (const record of visibleRecords(fetched, from)) {
      const reached = record.topic === OFFSETS_TOPIC ? onCommit(detector, record) : detector.onRecord(record);
      for (const one of reached) onReached(one);
    }
    positions.set(key, { topic: fetched.topic, partition: fetched.partition, offset: nextOffset(fetched, from) });
  }
}

function onCommit(
  detector: StepPointDetector,
  record: Parameters<typeof decodeCommittedOffset>[0],
): readonly StepPointReached[] {
  const commit = decodeCommittedOffset(record);
  return commit === undefined ? [] : detector.onCommit(commit);
}
