import type { ConsumerConfig, Kafka } from 'kafkajs';
import { expect, it, vi } from 'vitest';
import { readTails } from './read-tails.ts';

it('leaves no reader behind when its time is over before it has joined', async () => {
  const joining = Promise.withResolvers<void>();
  const disconnect = vi.fn(async () => undefined);
  const consumer = vi.fn((_config: ConsumerConfig) => ({
    events: {},
    on: () => undefined,
    connect: async () => undefined,
    subscribe: async () => undefined,
    run: () => joining.promise,
    seek: () => undefined,
    disconnect,
  }));
  const admin = () => ({
    connect: async () => undefined,
    fetchTopicOffsets: async () => [{ partition: 0, low: '0', high: '5' }],
    disconnect: async () => undefined,
  });
  const kafka = { admin, consumer } as unknown as Kafka;
  const wanted = { groupId: 'relay', partitions: [{ topic: 'topic', partition: 0 }], records: 10, timeoutMs: 20 };
  await expect(readTails(kafka, wanted)).rejects.toThrow('reading the ends of partitions took longer than 20 ms');
  // It would forget the join that is under way.
  expect(disconnect).not.toHaveBeenCalled();
  joining.resolve();
  await expect.poll(() => disconnect.mock.calls.length).toBe(1);
  const restarts = consumer.mock.calls[0]?.[0].retry?.restartOnFailure;
  expect(await restarts?.(new Error('no coordinator'))).toBe(false);
});
