import { EventEmitter } from 'node:events';
import type { ConsumerEvents, Kafka } from 'kafkajs';
import { expect, it } from 'vitest';
import { KafkaConsumer } from './kafka-consumer.ts';

const EVENTS = {
  ...{ HEARTBEAT: 'consumer.heartbeat', GROUP_JOIN: 'consumer.group_join', REBALANCING: 'consumer.rebalancing' },
  ...{ FETCH: 'consumer.fetch', DISCONNECT: 'consumer.disconnect', STOP: 'consumer.stop', CRASH: 'consumer.crash' },
  END_BATCH_PROCESS: 'consumer.end_batch_process',
} satisfies Partial<ConsumerEvents>;

/** A client whose events the test tells: their order during a coordinator's move cannot be asked for from a real one. */
function tellingClient(): { readonly kafka: Kafka; readonly tell: (event: string) => void } {
  const told = new EventEmitter();
  const consumer = {
    events: EVENTS,
    on: (event: string, listener: () => void) => told.on(event, listener),
    connect: async () => undefined,
    subscribe: async () => undefined,
    run: async () => undefined,
    disconnect: async () => undefined,
  };
  return { kafka: { consumer: () => consumer } as unknown as Kafka, tell: (event) => told.emit(event) };
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
