import { randomUUID } from 'node:crypto';
import type { Consumer, Kafka } from 'kafkajs';
import { within } from '../time/within.ts';
import { disconnectOnceStarted } from './disconnect-once-started.ts';
import { NEVER_RESTARTS } from './kafka-client.ts';
import { type ReadRecord, readRecord } from './record-codec.ts';

export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

export interface TailsWanted {
  /** The beginning of the name of the group. */
  readonly groupId: string;
  readonly partitions: readonly TopicPartition[];
  readonly records: number;
  readonly timeoutMs: number;
}

interface Tail extends TopicPartition {
  readonly from: bigint;
  readonly end: bigint;
}

const CLOSE_TIMEOUT_MS = 1_000;
const MAX_WAIT_MS = 50;

/**
 * Messages that a read_committed reader finds among the last `records` offsets of each partition, up to where the partitions
 * end now; nobody else may be writing to them. Rejects after `timeoutMs`. kafkajs reads as a member of a group only: this is one
 * of its own, without committed offsets, that the brokers forget.
 *
 * Only for partitions with one producer: where aborted transactions of two lie side by side, kafkajs 2.2.4 leaves out one of
 * them (`filterAbortedMessages` takes one of the list with each record) and hands out records of the other.
 */
export async function readTails(
  kafka: Kafka,
  { groupId, partitions, records, timeoutMs }: TailsWanted,
): Promise<readonly ReadRecord['message'][]> {
  const tails = await within(tailsOf(kafka, partitions, BigInt(records)), timeoutMs, 'asking where partitions end');
  if (tails.length === 0) return [];
  const consumer = kafka.consumer({
    groupId: `${groupId}.${randomUUID()}`,
    maxWaitTimeInMs: MAX_WAIT_MS,
    readUncommitted: false,
    allowAutoTopicCreation: false,
    retry: NEVER_RESTARTS,
  });
  const { starting, messages } = read(consumer, tails);
  try {
    return await within(messages, timeoutMs, 'reading the ends of partitions');
  } finally {
    await within(disconnectOnceStarted(consumer, starting), CLOSE_TIMEOUT_MS, 'closing the reader').catch(() => {});
  }
}

interface Reading {
  /** Ends when the reader has joined its group, or cannot. */
  readonly starting: Promise<void>;
  readonly messages: Promise<readonly ReadRecord['message'][]>;
}

function read(consumer: Consumer, tails: readonly Tail[]): Reading {
  const messages: ReadRecord['message'][] = [];
  const unread = new Map(tails.map((tail) => [keyOf(tail), tail.end]));
  const done = Promise.withResolvers<void>();
  consumer.on(consumer.events.CRASH, ({ payload }) => done.reject(payload.error));
  // Whoever joins again goes on where the partitions end.
  consumer.on(consumer.events.REBALANCING, () => done.reject(new Error('the reader has lost its group')));
  // Markers and records of aborted transactions reach no handler, and yet are read.
  consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload }) => {
    const end = unread.get(keyOf(payload));
    if (end !== undefined && BigInt(payload.lastOffset) + 1n >= end) unread.delete(keyOf(payload));
    if (unread.size === 0) done.resolve();
  });
  // Whoever awaits the group's start first must not leave a rejection unheard.
  done.promise.catch(() => {});
  const start = async (): Promise<void> => {
    await consumer.connect();
    await consumer.subscribe({ topics: [...new Set(tails.map(({ topic }) => topic))], fromBeginning: false });
    const running = consumer.run({
      autoCommit: false,
      eachMessage: async ({ topic, partition, message }) => {
        if (unread.has(keyOf({ topic, partition }))) messages.push(readRecord({ topic, partition }, message).message);
      },
    });
    // Before the first fetch: it would begin where the partitions end.
    for (const { topic, partition, from } of tails) consumer.seek({ topic, partition, offset: String(from) });
    await running;
  };
  const starting = start();
  return { starting, messages: starting.then(() => done.promise).then(() => messages) };
}

async function tailsOf(kafka: Kafka, partitions: readonly TopicPartition[], records: bigint): Promise<readonly Tail[]> {
  const wanted = new Set(partitions.map(keyOf));
  const admin = kafka.admin();
  await admin.connect();
  try {
    const tails: Tail[] = [];
    // One after the other: asked for several topics at once, kafkajs may look for one that it has no metadata of yet.
    for (const topic of new Set(partitions.map((each) => each.topic))) {
      for (const { partition, low, high } of await admin.fetchTopicOffsets(topic)) {
        const [begin, end] = [BigInt(low), BigInt(high)];
        const from = end - records > begin ? end - records : begin;
        if (end > from && wanted.has(keyOf({ topic, partition }))) tails.push({ topic, partition, from, end });
      }
    }
    return tails;
  } finally {
    await within(admin.disconnect(), CLOSE_TIMEOUT_MS, 'closing the admin client').catch(() => {});
  }
}

const keyOf = ({ topic, partition }: TopicPartition): string => `${topic}/${partition}`;
