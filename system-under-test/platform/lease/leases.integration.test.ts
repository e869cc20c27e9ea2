import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type StartedServer, startServer } from '../../environment/testing/start-server.ts';
import { MongoStore } from '../mongo/mongo-store.ts';
import { PostgresStore } from '../postgres/postgres-store.ts';
import type { Store } from '../store.ts';
import type { LeaseClaim } from './leases.ts';

const resources = new AsyncDisposableStack();
const stores = new Map<string, Store<unknown>>();
beforeAll(async () => {
  const servers: StartedServer[] = await Promise.all([startServer('postgres'), startServer('mongodb')]);
  for (const server of servers) resources.use(server);
  const [postgres, mongodb] = servers.map((server) => server.url);
  const service = 'leases';
  stores.set('postgres', resources.use(new PostgresStore({ url: postgres ?? '', service, schema: '' })));
  const schema = async () => {};
  stores.set('mongodb', resources.use(new MongoStore({ url: mongodb ?? '', database: service, service, schema })));
  await Promise.all([...stores.values()].map((store) => store.prepare()));
});
afterAll(() => resources.disposeAsync());

describe.each(['postgres', 'mongodb'])('leases on %s', (engine) => {
  const leasesOf = () => {
    const store = stores.get(engine);
    if (store === undefined) throw new Error(`no store on ${engine}`);
    return store.leases;
  };
  const claim = (name: string, holder: string, changes: Partial<LeaseClaim> = {}): LeaseClaim => ({
    ...{ name, holder, instance: `instance-of-${holder}`, leaseMs: 60_000, succeeds: true },
    ...changes,
  });

  it('has one holder, however many ask at once for a lease that never was', async () => {
    for (let round = 0; round < 10; round += 1) {
      const asked = Array.from({ length: 12 }, (_, index) => leasesOf().take(claim(`race-${round}`, `p${index}`)));
      const held = (await Promise.all(asked)).filter((answer) => answer.isHeld);
      expect(held).toHaveLength(1);
    }
  });

  it('stays with its holder, who learns that somebody waits, until he gives it back', async () => {
    expect(await leasesOf().take(claim('kept', 'a'))).toEqual({ isHeld: true, isContended: false });
    expect(await leasesOf().take(claim('kept', 'a'))).toEqual({ isHeld: true, isContended: false });
    expect((await leasesOf().take(claim('kept', 'b'))).isHeld).toBe(false);
    expect(await leasesOf().take(claim('kept', 'a'))).toEqual({ isHeld: true, isContended: true });
    await leasesOf().release({ name: 'kept', holder: 'b' });
    expect((await leasesOf().take(claim('kept', 'b'))).isHeld).toBe(false);
    await leasesOf().release({ name: 'kept', holder: 'a' });
    expect((await leasesOf().take(claim('kept', 'b'))).isHeld).toBe(true);
    expect((await leasesOf().take(claim('kept', 'a'))).isHeld).toBe(false);
  });

  it('is free once it has run out, and not before', async () => {
    const leaseMs = 400;
    const beganAt = performance.now();
    expect((await leasesOf().take(claim('short', 'a', { leaseMs }))).isHeld).toBe(true);
    const take = () => leasesOf().take(claim('short', 'b', { leaseMs }));
    await expect.poll(async () => (await take()).isHeld, { timeout: 10_000, interval: 20 }).toBe(true);
    expect(performance.now() - beganAt).toBeGreaterThanOrEqual(leaseMs);
    expect((await leasesOf().take(claim('short', 'a', { leaseMs }))).isHeld).toBe(false);
  });

  it('passes at once to a new process of the same instance, but not back', async () => {
    const instance = 'orchestrator-1';
    expect((await leasesOf().take(claim('inherited', 'dead', { instance }))).isHeld).toBe(true);
    expect((await leasesOf().take(claim('inherited', 'reborn', { instance }))).isHeld).toBe(true);
    expect((await leasesOf().take(claim('inherited', 'dead', { instance, succeeds: false }))).isHeld).toBe(false);
  });
});
