import { Kafka, logLevel, type Producer } from 'kafkajs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { HEADERS } from '#sut/contract/messages.ts';
import { commandsTopic, eventsTopic, PARTICIPANTS, repliesTopic } from '#sut/contract/topics.ts';
import { type StartedServer, startServer } from '#sut/environment/testing/start-server.ts';
import { eventually } from '../timing/eventually.ts';
import type { StepPointReached } from './step-point-detector.ts';
import { watchStepPoints } from './watch-step-points.ts';

const signal = AbortSignal.timeout(170_000);
let kafka: StartedServer;
let client: Kafka;
let producer: Producer;

beforeAll(async () => {
  kafka = await startServer('kafka', { signal });
  client = new Kafka({
    brokers: [kafka.url],
    logLevel: logLevel.NOTHING,
    retry: { initialRetryTime: 20, retries: 10 },
  });
  const admin = client.admin();
  await admin.connect();
  const topics = PARTICIPANTS.flatMap((p) => [commandsTopic(p), eventsTopic(p), repliesTopic(p)]);
  await admin.createTopics({ topics: topics.map((topic) => ({ topic, numPartitions: 2 })), waitForLeaders: true });
  // The broker makes its offsets topic for the first group.
  await admin.setOffsets({ groupId: 'first', topic: topics[0] ?? '', partitions: [{ partition: 0, offset: '0' }] });
  await admin.disconnect();
  producer = client.producer();
  await producer.connect();
});

afterAll(async () => {
  await producer.disconnect();
  await kafka[Symbol.asyncDispose]();
});

async function watching(): Promise<{ seen: { reached: StepPointReached; atMs: number }[] } & AsyncDisposable> {
  const seen: { reached: StepPointReached; atMs: number }[] = [];
  const stop = new AbortController();
  const { done } = await watchStepPoints({
    brokerPorts: [kafka.port],
    onReached: (reached) => seen.push({ reached, atMs: performance.now() }),
    signal: AbortSignal.any([signal, stop.signal]),
  });
  return {
    seen,
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await done;
    },
  };
}

const until = (seen: readonly unknown[], count: number) =>
  eventually(
    `${count} points`,
    async () => (seen.length >= count ? { seen: true } : { missing: JSON.stringify(seen) }),
    {
      timeoutMs: 15_000,
      intervalMs: 5,
      signal,
    },
  );

async function publish(topic: string, messageId: string, value: unknown, causeId?: string): Promise<void> {
  const headers = { [HEADERS.messageId]: messageId, ...(causeId === undefined ? {} : { [HEADERS.causeId]: causeId }) };
  await producer.send({ topic, messages: [{ partition: 0, key: messageId, value: JSON.stringify(value), headers }] });
}

test('sees the four points of a step in their order, within milliseconds', async () => {
  await publish(commandsTopic('payment'), 'earlier', { saga_id: 's-0', action: 'charge' });
  await using watch = await watching();
  const latenciesMs: number[] = [];
  const step = { saga_id: 's-1', action: 'charge' };
  for (const [count, write] of [
    () => publish(commandsTopic('payment'), 'c-1', step),
    async () => {
      const admin = client.admin();
      await admin.connect();
      await admin.setOffsets({
        groupId: 'payment',
        topic: commandsTopic('payment'),
        partitions: [{ partition: 0, offset: '2' }],
      });
      await admin.disconnect();
    },
    () => publish(eventsTopic('payment'), 'e-1', { any: 'thing' }, 'c-1'),
    () => publish(repliesTopic('payment'), 'r-1', step, 'c-1'),
  ].entries()) {
    await write();
    const writtenMs = performance.now();
    await until(watch.seen, count + 1);
    latenciesMs.push((watch.seen[count]?.atMs ?? 0) - writtenMs);
  }
  expect(watch.seen.map(({ reached }) => reached)).toEqual(
    ['command-sent', 'command-consumed', 'effect-committed', 'reply-published'].map((point) => ({
      participant: 'payment',
      action: 'charge',
      sagaId: 's-1',
      point,
    })),
  );
  expect(Math.max(...latenciesMs)).toBeLessThan(100);
});

test('survives the death of the broker and misses nothing of what follows', async () => {
  await using watch = await watching();
  await publish(commandsTopic('inventory'), 'c-2', { saga_id: 's-2', action: 'reserve' });
  await until(watch.seen, 1);
  await kafka.restart();
  await publish(commandsTopic('inventory'), 'c-3', { saga_id: 's-3', action: 'reserve' });
  await until(watch.seen, 2);
  expect(watch.seen.map(({ reached }) => reached.sagaId)).toEqual(['s-2', 's-3']);
});
