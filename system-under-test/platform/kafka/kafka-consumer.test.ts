import { EventEmitter } from 'node:events';
import type { ConsumerEvents, Kafka } from 'kafkajs';
import { expect, it, vi } from 'vitest';
import { KafkaConsumer } from './kafka-consumer.ts';

const EVENTS = {
  ...{ HEARTBEAT: 'consumer.heartbeat', GROUP_JOIN: 'consumer.group_join', REBALANCING: 'consumer.rebalancing' },
  ...{ FETCH: 'consumer.fetch', DISCONNECT: 'consumer.disconnect', STOP: 'consumer.stop', CRASH: 'consumer.crash' },
  END_BATCH_PROCESS: 'consumer.end_batch_process',
} satisfies Partial<ConsumerEvents>;

/** A client whose events the test tells: their order during a coordinator's move cannot be asked for from a real one. */
function tellingClient(commitOffsets: () => Promise<void> = async () => undefined) {
  const told = new EventEmitter();
  const client = {
    events: EVENTS,
    commitOffsets,
    on: (event: string, listener: () => void) => told.on(event, listener),
    connect: async () => undefined,
    subscribe: async () => undefined,
    run: async () => undefined,
    disconnect: async () => undefined,
  };
  const consumer = vi.fn(() => client);
  const tell = (event: string, payload: object = {}): void => void told.emit(event, { payload });
  return { kafka: { consumer } as unknown as Kafka, clients: consumer, tell };
}

it('is a member as long as its heartbeats are taken, also after a rebalance that ended without a join', async () => {
  const { kafka, tell } = tellingClient();
  const errors: unknown[] = [];
  const consumer = new KafkaConsumer({
    ...{ kafka, groupId: 'group', topics: ['topic'], handle: async () => true },
    ...{ monotonicMs: () => performance.now(), random: Math.random, onError: (error) => errors.push(error) },
  });
  try {
    const seen = [EVENTS.FETCH, EVENTS.GROUP_JOIN, EVENTS.REBALANCING, EVENTS.FETCH, EVENTS.HEARTBEAT].map((event) => {
      tell(event);
      return consumer.isJoined;
    });
    expect(seen).toEqual([false, true, false, false, true]);
    tell(EVENTS.STOP);
    expect(consumer.isJoined).toBe(false);
  } finally {
    await consumer.stop();
  }
  expect(errors).toEqual([]);
});

it('is replaced when its offsets can no longer be committed, not while it is out of its group', async () => {
  vi.useFakeTimers();
  const { kafka, clients, tell } = tellingClient(() => Promise.reject(new Error('not the coordinator')));
  const errors: string[] = [];
  const consumer = new KafkaConsumer({
    ...{ kafka, groupId: 'group', topics: ['topic'], handle: async () => true },
    ...{ monotonicMs: () => performance.now(), random: Math.random, onError: (error) => errors.push(String(error)) },
  });
  try {
    await vi.advanceTimersByTimeAsync(15_000);
    expect(clients).toHaveBeenCalledTimes(1);
    tell(EVENTS.GROUP_JOIN);
    tell(EVENTS.END_BATCH_PROCESS, { batchSize: 0, topic: 'topic', partition: 0, lastOffset: '7' });
    await vi.advanceTimersByTimeAsync(9_000);
    expect(clients).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(3_000);
    vi.useRealTimers();
    await expect.poll(() => clients.mock.calls.length).toBe(2);
    expect(errors).toContainEqual(expect.stringMatching(/offsets not committed for 1\d{4} ms/));
  } finally {
    vi.useRealTimers();
    await consumer.stop();
  }
});
