import { expect, it } from 'vitest';
import { durableWorker } from './durable-worker.ts';

/** Jobs that fail a given number of times before they are done, as rows that a worker finds. */
function workload(failures: Readonly<Record<string, number>>, concurrency: number) {
  const left = new Map(Object.entries(failures));
  const done: string[] = [];
  let atWork = 0;
  let mostAtWork = 0;
  const stop = new AbortController();
  const worker = durableWorker<string>({
    name: 'jobs',
    id: (job) => job,
    concurrency,
    pollMs: 5,
    backoff: { minMs: 1, maxMs: 4 },
    take: async (limit, excludedIds) => [...left.keys()].filter((job) => !excludedIds.includes(job)).slice(0, limit),
    run: async (job) => {
      atWork += 1;
      mostAtWork = Math.max(mostAtWork, atWork);
      await new Promise((resolve) => setImmediate(resolve));
      atWork -= 1;
      const remaining = left.get(job) ?? 0;
      if (remaining > 0) {
        left.set(job, remaining - 1);
        throw new Error(`${job} fails`);
      }
      left.delete(job);
      done.push(job);
      if (left.size === 0) stop.abort();
    },
  });
  const errors: (string | undefined)[] = [];
  const environment = {
    signal: stop.signal,
    monotonicMs: Date.now,
    random: () => 0.5,
    onError: (_error: unknown, jobId: string | undefined) => errors.push(jobId),
  };
  return { worker, environment, done, errors, stop, most: () => mostAtWork, atWork: () => atWork };
}

it('runs every job until it is done, a failing one again, no more at once than allowed', async () => {
  const work = workload({ a: 0, b: 3, c: 1, d: 0, e: 0 }, 2);
  await work.worker.start(work.environment);
  expect(work.done.toSorted()).toEqual(['a', 'b', 'c', 'd', 'e']);
  expect(work.errors.toSorted()).toEqual(['b', 'b', 'b', 'c']);
  expect(work.most()).toBe(2);
});

it('ends only when the jobs that it began have ended', async () => {
  const work = workload({ a: 1_000_000 }, 1);
  const running = work.worker.start(work.environment);
  await new Promise((resolve) => setTimeout(resolve, 20));
  work.stop.abort();
  await running;
  expect(work.atWork()).toBe(0);
});

it('goes on when looking for work fails', async () => {
  const stop = new AbortController();
  let looks = 0;
  const worker = durableWorker<string>({
    name: 'jobs',
    id: (job) => job,
    pollMs: 1,
    take: async () => {
      looks += 1;
      if (looks === 1) throw new Error('database away');
      stop.abort();
      return [];
    },
    run: async () => {},
  });
  const errors: unknown[] = [];
  await worker.start({
    signal: stop.signal,
    monotonicMs: Date.now,
    random: Math.random,
    onError: (error) => errors.push(error),
  });
  expect(errors).toHaveLength(1);
  expect(looks).toBe(2);
});
