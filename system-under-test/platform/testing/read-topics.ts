import { Kafka, logLevel } from 'kafkajs';
import { readRecord } from '../kafka/record-codec.ts';
import type { IncomingMessage } from '../store.ts';
import { within } from '../time/within.ts';

export interface ReadMessage extends IncomingMessage {
  readonly partition: number;
  readonly offset: bigint;
}

/** Every record of the topics that a read_committed reader sees, up to their present stable ends, per partition in order. */
export async function readTopics(broker: string, topics: readonly string[]): Promise<readonly ReadMessage[]> {
  const kafka = new Kafka({ clientId: 'test', brokers: [broker], logLevel: logLevel.NOTHING });
  const ends = await endsOf(kafka, topics);
  const messages: ReadMessage[] = [];
  const consumer = kafka.consumer({
    groupId: `test-${crypto.randomUUID()}`,
    maxWaitTimeInMs: 50,
    readUncommitted: false,
  });
  const done = Promise.withResolvers<void>();
  consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload }) => {
    const key = `${payload.topic}/${payload.partition}`;
    const end = ends.get(key);
    if (end !== undefined && BigInt(payload.lastOffset) + 1n >= end) ends.delete(key);
    if (ends.size === 0) done.resolve();
  });
  if (ends.size === 0) return [];
  try {
    await consumer.connect();
    await consumer.subscribe({ topics: [...topics], fromBeginning: true });
    await consumer.run({
      eachMessage: async ({ topic, partition, message }) => {
        messages.push({
          ...readRecord({ topic, partition }, message).message,
          partition,
          offset: BigInt(message.offset),
        });
      },
    });
    await within(done.promise, 60_000, `reading ${topics.join(', ')}`);
  } finally {
    await consumer.disconnect();
  }
  return messages.sort(
    (a, b) => a.topic.localeCompare(b.topic) || a.partition - b.partition || Number(a.offset - b.offset),
  );
}

async function endsOf(kafka: Kafka, topics: readonly string[]): Promise<Map<string, bigint>> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    const ends = new Map<string, bigint>();
    for (const topic of topics) {
      for (const { partition, high } of await admin.fetchTopicOffsets(topic)) {
        if (BigInt(high) > 0n) ends.set(`${topic}/${partition}`, BigInt(high));
      }
    }
    return ends;
  } finally {
    await admin.disconnect();
  }
}
