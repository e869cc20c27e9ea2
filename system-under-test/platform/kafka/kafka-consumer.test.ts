import { EventEmitter } from 'node:events';
import type { ConsumerEvents, EachBatchPayload, Kafka } from 'kafkajs';
import { expect, it, vi } from 'vitest';
import { consumerConfig } from './kafka-client.ts';
import { KafkaConsumer } from './kafka-consumer.ts';

const EVENTS = {
  ...{ HEARTBEAT: 'consumer.heartbeat', GROUP_JOIN: 'consumer.group_join', REBALANCING: 'consumer.rebalancing' },
  ...{ FETCH: 'consumer.fetch', DISCONNECT: 'consumer.disconnect', STOP: 'consumer.stop', CRASH: 'consumer.crash' },
  END_BATCH_PROCESS: 'consumer.end_batch_process',
} satisfies Partial<ConsumerEvents>;

const ASSIGNED = { memberAssignment: { topic: [0, 3] } };

type EachBatch = (payload: EachBatchPayload) => Promise<void>;

interface Answers {
  readonly commitOffsets?: () => Promise<void>;
  readonly connect?: () => Promise<void>;
  readonly join?: () => Promise<void>;
}
const atOnce = async (): Promise<void> => undefined;

/** A client whose events the test tells: their order during a coordinator's move cannot be asked for from a real one. */
function tellingClient({ commitOffsets = atOnce, connect = atOnce, join = atOnce }: Answers = {}) {
  const told = new EventEmitter();
  const batches: EachBatch[] = [];
  const client = {
    events: EVENTS,
    commitOffsets,
    on: (event: string, listener: () => void) => told.on(event, listener),
    connect,
    subscribe: atOnce,
    run: ({ eachBatch }: { readonly eachBatch: EachBatch }) => {
      batches.push(eachBatch);
      return join();
    },
    disconnect: vi.fn(atOnce),
  };
  const consumer = vi.fn(() => client);
  const tell = (event: string, payload: object = ASSIGNED): void => void told.emit(event, { payload });
  return { kafka: { consumer } as unknown as Kafka, clients: consumer, tell, batches, disconnect: client.disconnect };
}

type Handle = ConstructorParameters<typeof KafkaConsumer>[0]['handle'];

/** A member of one group that keeps its errors in `errors`. */
const consumerOf = (kafka: Kafka, errors: string[], handle: Handle = async () => true): KafkaConsumer =>
  new KafkaConsumer({
    ...{ kafka, groupId: 'group', topics: ['topic'], handle },
    ...{ monotonicMs: () => performance.now(), random: Math.random, onError: (error) => errors.push(String(error)) },
  });

it('is a member as long as its heartbeats are taken, also after a rebalance that ended without a join', async () => {
  const { kafka, tell } = tellingClient();
  const errors: string[] = [];
  const consumer = consumerOf(kafka, errors);
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
  const { kafka, clients, tell } = tellingClient({
    commitOffsets: () => Promise.reject(new Error('not the coordinator')),
  });
  const errors: string[] = [];
  const consumer = consumerOf(kafka, errors);
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

/** One batch with one record, as kafkajs hands it to a handler. */
function batchOf(commitOffsetsIfNecessary: EachBatchPayload['commitOffsetsIfNecessary']): EachBatchPayload {
  const batch = { topic: 'topic', partition: 3, messages: [{ offset: '41' }], lastOffset: () => '42' };
  const payload = {
    ...{ batch, commitOffsetsIfNecessary, resolveOffset: vi.fn(), heartbeat: async () => undefined },
    ...{ isRunning: () => true, isStale: () => false },
  };
  return payload as unknown as EachBatchPayload;
}

it('commits one after the other, the newest positions, in the generation that they were read in', async () => {
  vi.useFakeTimers();
  const own = vi.fn(async () => undefined);
  const { kafka, tell, batches } = tellingClient({ commitOffsets: own });
  const handled: PromiseWithResolvers<boolean>[] = [];
  const handle = (): Promise<boolean> => {
    const one = Promise.withResolvers<boolean>();
    handled.push(one);
    return one.promise;
  };
  const consumer = consumerOf(kafka, [], handle);
  try {
    await vi.advanceTimersByTimeAsync(1);
    const [eachBatch] = batches;
    if (eachBatch === undefined) throw new Error('the client does not run');
    tell(EVENTS.GROUP_JOIN);
    const pending = Promise.withResolvers<void>();
    const commit = vi.fn((_offsets?: object) => pending.promise);
    const first = eachBatch(batchOf(commit));
    handled[0]?.resolve(true);
    await first;
    await vi.advanceTimersByTimeAsync(3_500);
    expect(commit.mock.calls).toEqual([
      [{ topics: [{ topic: 'topic', partitions: [{ partition: 3, offset: '43' }] }] }],
    ]);
    pending.resolve();
    await vi.advanceTimersByTimeAsync(3_500);
    expect(commit).toHaveBeenCalledTimes(1);

    // What is still being handled when the group moves on belongs to whoever has the partition now.
    const late = eachBatch(batchOf(commit));
    tell(EVENTS.GROUP_JOIN);
    handled[1]?.resolve(true);
    await late;
    await vi.advanceTimersByTimeAsync(3_500);
    expect(commit).toHaveBeenCalledTimes(1);
    expect(own).not.toHaveBeenCalled();
  } finally {
    vi.useRealTimers();
    await consumer.stop();
  }
});

it('is replaced when the group moves on under a commit that may be tried again', async () => {
  vi.useFakeTimers();
  const { kafka, clients, tell } = tellingClient({ commitOffsets: () => new Promise(() => {}) });
  const errors: string[] = [];
  const consumer = consumerOf(kafka, errors);
  try {
    tell(EVENTS.GROUP_JOIN);
    tell(EVENTS.END_BATCH_PROCESS, { batchSize: 0, topic: 'topic', partition: 0, lastOffset: '7' });
    await vi.advanceTimersByTimeAsync(1_500);
    tell(EVENTS.GROUP_JOIN);
    await vi.advanceTimersByTimeAsync(3_000);
    vi.useRealTimers();
    await expect.poll(() => clients.mock.calls.length).toBe(2);
    expect(errors).toContainEqual(expect.stringContaining('the group has moved on'));
  } finally {
    vi.useRealTimers();
    await consumer.stop();
  }
});

it('is replaced when it gives up, and does not come back by itself beside its successor', async () => {
  const { kafka, clients, tell } = tellingClient();
  const errors: string[] = [];
  const consumer = consumerOf(kafka, errors);
  try {
    tell(EVENTS.GROUP_JOIN);
    tell(EVENTS.CRASH, { error: new Error('no coordinator'), restart: false });
    expect(consumer.isJoined).toBe(false);
    await expect.poll(() => clients.mock.calls.length).toBe(2);
    expect(errors).toEqual(['Error: no coordinator']);
    expect(await consumerConfig('group').retry?.restartOnFailure?.(new Error('no coordinator'))).toBe(false);
  } finally {
    await consumer.stop();
  }
});

it("neither handles nor commits what a fetch from before the join brings of a partition that is now another member's", async () => {
  vi.useFakeTimers();
  const own = vi.fn(atOnce);
  const { kafka, tell, batches } = tellingClient({ commitOffsets: own });
  const handle = vi.fn(async () => true);
  const consumer = consumerOf(kafka, [], handle);
  try {
    await vi.advanceTimersByTimeAsync(1);
    const [eachBatch] = batches;
    if (eachBatch === undefined) throw new Error('the client does not run');
    tell(EVENTS.GROUP_JOIN, { memberAssignment: { topic: [0, 3] } });
    tell(EVENTS.GROUP_JOIN, { memberAssignment: { topic: [0] } });
    const commit = vi.fn(atOnce);
    await eachBatch(batchOf(commit));
    tell(EVENTS.END_BATCH_PROCESS, { batchSize: 0, topic: 'topic', partition: 3, lastOffset: '43' });
    tell(EVENTS.END_BATCH_PROCESS, { batchSize: 0, topic: 'elsewhere', partition: 0, lastOffset: '43' });
    tell(EVENTS.END_BATCH_PROCESS, { batchSize: 0, topic: 'topic', partition: 0, lastOffset: '7' });
    await vi.advanceTimersByTimeAsync(3_500);
    expect(handle).not.toHaveBeenCalled();
    expect(commit).not.toHaveBeenCalled();
    expect(own.mock.calls).toEqual([[[{ topic: 'topic', partition: 0, offset: '8' }]]]);
  } finally {
    vi.useRealTimers();
    await consumer.stop();
  }
});

it('stops without waiting for a join, and leaves the group when that comes after all', async () => {
  vi.useFakeTimers();
  const joining = Promise.withResolvers<void>();
  const { kafka, batches, disconnect } = tellingClient({ join: () => joining.promise });
  const consumer = consumerOf(kafka, []);
  try {
    await vi.advanceTimersByTimeAsync(1);
    expect(batches).toHaveLength(1);
    const stopped = vi.fn();
    void consumer.stop().then(stopped);
    await vi.advanceTimersByTimeAsync(2_500);
    expect(stopped).toHaveBeenCalled();
    expect(disconnect).not.toHaveBeenCalled();
    joining.resolve();
    await vi.advanceTimersByTimeAsync(1);
    expect(disconnect).toHaveBeenCalledTimes(1);
  } finally {
    vi.useRealTimers();
    joining.resolve();
    await consumer.stop();
  }
});

it('is replaced when connecting takes too long, and does not join beside its successor when it has connected', async () => {
  vi.useFakeTimers();
  const connecting = Promise.withResolvers<void>();
  const connect = vi.fn(atOnce).mockReturnValueOnce(connecting.promise);
  const { kafka, clients, batches, disconnect } = tellingClient({ connect });
  const errors: string[] = [];
  const consumer = consumerOf(kafka, errors);
  try {
    await vi.advanceTimersByTimeAsync(24_000);
    vi.useRealTimers();
    await expect.poll(() => batches.length).toBe(1);
    expect(clients).toHaveBeenCalledTimes(2);
    expect(errors).toContainEqual(expect.stringMatching(/consumer silent for 2\d{4}/));
    expect(disconnect).not.toHaveBeenCalled();
    connecting.resolve();
    await expect.poll(() => disconnect.mock.calls.length).toBe(1);
    expect(batches).toHaveLength(1);
  } finally {
    vi.useRealTimers();
    connecting.resolve();
    await consumer.stop();
  }
});
