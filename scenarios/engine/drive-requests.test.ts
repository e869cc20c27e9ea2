import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { TimedRequest } from '../model/plan.ts';
import type { Client, Outcome, RequestContext } from '../model/workload.ts';
import { driveRequests } from './drive-requests.ts';

interface Call {
  readonly id: string;
  readonly context: RequestContext;
}

/** Answers after `takesMs`; what it answers is decided by the request. */
function clientOf(answer: (request: TimedRequest) => Outcome, takesMs = 0): Client & { readonly calls: Call[] } {
  const calls: Call[] = [];
  return {
    calls,
    perform: async (request, context) => {
      calls.push({ id: request.id, context });
      await delay(takesMs);
      return answer(request);
    },
    [Symbol.asyncDispose]: async () => undefined,
  };
}

const request = (id: string, more: Partial<TimedRequest> = {}): TimedRequest => ({
  id,
  atMs: 0,
  op: 'get',
  input: {},
  ...more,
});
const forever = new AbortController().signal;
/** Nobody stops the drive, gives up on it or interrupts it. */
const undisturbed = { stop: forever, giveUp: forever, signal: forever };
const ok: Outcome = { type: 'ok', output: { order_id: 'o-1' } };

test('a request that follows another gets its output', async () => {
  const client = clientOf(() => ok);
  await driveRequests([request('b', { after: 'a' }), request('a')], {
    client,
    ...undisturbed,
  });
  expect(client.calls.map(({ id }) => id)).toEqual(['a', 'b']);
  expect(client.calls[1]?.context.after).toEqual({ order_id: 'o-1' });
});

test.each(['fail', 'info'] as const)('nothing follows a request that ended as %s', async (type) => {
  const client = clientOf(() => ({ type }));
  await driveRequests([request('a'), request('b', { after: 'a' }), request('c', { after: 'b' })], {
    client,
    ...undisturbed,
  });
  expect(client.calls.map(({ id }) => id)).toEqual(['a']);
});

test('a process has one operation at a time, and requests do not wait for each other', async () => {
  const client = clientOf(() => ok, 20);
  const requests = [request('a'), request('b'), request('c', { atMs: 60 })];
  await driveRequests(requests, { client, ...undisturbed });
  expect(client.calls.map(({ context }) => context.process)).toEqual([0, 1, 0]);
});

test("a request that waits for a point of the other's saga goes when that is reached", async () => {
  const client = clientOf(() => ({ type: 'ok', output: { saga_id: 's-1' } }));
  const when = { participant: 'payment', action: 'charge', point: 'command-sent' } as const;
  const reached = Promise.withResolvers<void>();
  const waits: unknown[] = [];
  const wait = (...given: readonly unknown[]): Promise<void> => {
    waits.push(given);
    return reached.promise;
  };
  const requests = [request('a'), request('b', { after: 'a', when })];
  const driven = driveRequests(requests, { client, ...undisturbed, sagas: { wait } });
  await expect.poll(() => waits).toEqual([['s-1', when, forever]]);
  expect(client.calls.map(({ id }) => id)).toEqual(['a']);
  reached.resolve();
  await driven;
  expect(client.calls.map(({ id }) => id)).toEqual(['a', 'b']);
});

test('no more are under way than may be at once', async () => {
  const client = clientOf(() => ok, 5);
  const requests = Array.from({ length: 12 }, (_, index) => request(`r-${index}`));
  await driveRequests(requests, { client, ...undisturbed, atOnce: 3 });
  expect(client.calls).toHaveLength(12);
  expect(new Set(client.calls.map(({ context }) => context.process))).toEqual(new Set([0, 1, 2]));
});

test('after the stop nobody who waits for a place is let in, and who is in goes on', async () => {
  const stop = new AbortController();
  const client = clientOf(() => ok, 20);
  const outcomes = new Map<string, Outcome>();
  const requests = Array.from({ length: 6 }, (_, index) => request(`r-${index}`));
  const signals = { stop: stop.signal, giveUp: stop.signal, signal: forever };
  const driven = driveRequests(requests, { client, ...signals, outcomes, atOnce: 2 });
  await expect.poll(() => client.calls.length).toBe(2);
  stop.abort();
  await driven;
  expect(client.calls.map(({ id }) => id)).toEqual(['r-0', 'r-1']);
  expect(client.calls.map(({ context }) => context.signal.aborted)).toEqual([false, false]);
  expect([...outcomes.values()]).toEqual([ok, ok]);
});

test('after the stop nothing is begun any more', async () => {
  const client = clientOf(() => ok);
  const stop = new AbortController();
  const driven = driveRequests([request('a'), request('b', { atMs: 60_000 })], {
    client,
    ...undisturbed,
    stop: stop.signal,
  });
  await delay(5);
  stop.abort();
  await driven;
  expect(client.calls.map(({ id }) => id)).toEqual(['a']);
});

test('a client that cannot record its outcome fails the drive, after the others have ended', async () => {
  const client = clientOf(({ id }) => {
    if (id === 'a') throw new Error('disk full');
    return ok;
  }, 5);
  const driven = driveRequests([request('a'), request('b')], {
    client,
    ...undisturbed,
  });
  await expect(driven).rejects.toThrow('disk full');
  expect(client.calls).toHaveLength(2);
});
