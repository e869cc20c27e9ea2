import { afterAll, beforeAll, expect, it } from 'vitest';
import { type StartedServer, startServer } from '../../environment/testing/start-server.ts';
import { StoreUnavailableError, UnknownOutcomeError } from '../store-errors.ts';
import { sleep } from '../time/sleep.ts';
import { MongoStore } from './mongo-store.ts';

const PATIENCE = AbortSignal.any([]);
const OUTAGE_MS = 10_000;
const RECOVERY_MAX_MS = 5_000;

let server: StartedServer;
let store: MongoStore;
beforeAll(async () => {
  server = await startServer('mongodb');
  store = new MongoStore({ url: server.url, database: 'test', service: 'test', schema: async () => {} });
  await store.prepare();
});
afterAll(async () => {
  await store?.[Symbol.asyncDispose]();
  await server?.[Symbol.asyncDispose]();
});

/** Connections stay open, nothing is answered. */
async function freeze(): Promise<void> {
  process.kill(server.pid, 'SIGSTOP');
  await sleep(OUTAGE_MS, PATIENCE);
  process.kill(server.pid, 'SIGCONT');
}

async function cutOff(): Promise<void> {
  await server.kill();
  await sleep(OUTAGE_MS / 3, PATIENCE);
  await server.restart();
}

const publish = (aggregateId: string) =>
  store.transaction((unit) => unit.publish({ topic: 'order.events', aggregateId, type: 'written', payload: {} }));

it.each([
  ['freezes', freeze],
  ['dies and comes back', cutOff],
] as const)('when the server %s, the store fails in time and works again right after', async (what, outage) => {
  const outcomes: string[] = [];
  const stop = new AbortController();
  const writing = (async () => {
    for (let index = 0; !stop.signal.aborted; index += 1) {
      try {
        await publish(`${what}-${index}`);
        outcomes.push('ok');
      } catch (error) {
        // Nothing else may come out of an outage.
        if (!(error instanceof StoreUnavailableError || error instanceof UnknownOutcomeError)) throw error;
        outcomes.push(error.name);
      }
      await sleep(20, PATIENCE);
    }
  })();
  await sleep(500, PATIENCE);
  await outage();
  const start = performance.now();
  const recovered = outcomes.length;
  while (!outcomes.slice(recovered).includes('ok')) await sleep(10, PATIENCE);
  const recoveryMs = Math.round(performance.now() - start);
  stop.abort();
  await writing;
  process.stdout.write(`mongodb ${what}: works again after ${recoveryMs} ms; ${JSON.stringify(countBy(outcomes))}\n`);
  expect(recoveryMs).toBeLessThan(RECOVERY_MAX_MS);
  const written = (await store.outbox.latest(100_000)).filter(({ aggregateId }) => aggregateId.startsWith(what));
  expect(new Set(written.map(({ aggregateId }) => aggregateId)).size).toBe(written.length);
  expect(written.length).toBeGreaterThanOrEqual(outcomes.filter((outcome) => outcome === 'ok').length);
});

function countBy(values: readonly string[]): Readonly<Record<string, number>> {
  const groups = Map.groupBy(values, (value) => value);
  return Object.fromEntries([...groups].map(([value, group]) => [value, group.length]));
}

it('prepares a store whose first tries found no server', async () => {
  await using late = new MongoStore({ url: server.url, database: 'late', service: 'test', schema: async () => {} });
  await server.kill();
  await expect(late.prepare()).rejects.toThrow(StoreUnavailableError);
  await server.restart();
  await late.prepare();
  await late.transaction((unit) =>
    unit.publish({ topic: 'order.events', aggregateId: 'late', type: 'written', payload: {} }),
  );
  expect(await late.outbox.pendingCount()).toBe(1);
});
