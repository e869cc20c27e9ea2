import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ComponentName, componentsOf, declarationOf, linksOf, nodesOf } from '../contract/components.ts';
import { markedProcesses } from './keeper/marked-processes.ts';
import type { ProcessEnvironment } from './process-environment.ts';
import { provision } from './provision.ts';
import { queryPostgres } from './servers/query-postgres.ts';

const NOTHING = { processes: [], toxics: [], proxies: [], locks: [] };
const root = mkdtempSync(join(tmpdir(), 'chaos-cluster-e2e-'));
const within = (ms: number): AbortSignal => AbortSignal.timeout(ms);
const isOurs = (name: ComponentName): boolean => declarationOf(name).kind === 'service';

let environment: ProcessEnvironment;
beforeAll(async () => {
  environment = await provision({
    ...{ topology: 'cluster', ports: 'auto', traces: false, signal: within(240_000) },
    ...{ stateDir: join(root, 'state'), runDir: join(root, 'run') },
  });
}, 250_000);
afterAll(async () => {
  await environment.teardown();
  rmSync(root, { recursive: true, force: true });
}, 90_000);

/** All services say that they are ready, and none was started again to get there. */
async function servicesRecovered(): Promise<void> {
  await Promise.all(environment.components.filter(isOurs).map((name) => environment.whenReady(name, within(90_000))));
  const restarted = (await environment.status()).filter(({ name, starts }) => isOurs(name) && starts !== 1);
  expect(restarted).toEqual([]);
}

/** Ends the node that leads, waits for its successor and for the services, then brings it back. */
async function loseLeader(engine: 'kafka' | 'postgres' | 'mongodb' | 'redis'): Promise<void> {
  const leader = await environment.leader(engine, within(30_000));
  await environment.perform(leader, 'kill', within(20_000));
  const next = async () => environment.leader(engine, within(5_000)).catch(() => leader);
  await expect.poll(next, { timeout: 60_000, interval: 200 }).not.toBe(leader);
  await servicesRecovered();
  await environment.perform(leader, 'start', within(30_000));
  await environment.whenReady(leader, within(90_000));
}

it('runs every node of the cluster, each client behind its proxies, and nobody goes round them', async () => {
  expect((await environment.status()).map(({ name, state, starts }) => ({ name, state, starts }))).toEqual(
    componentsOf('cluster').map((name) => ({ name, state: 'running', starts: 1 })),
  );
  expect(environment.links).toEqual(linksOf('cluster'));
  expect(await environment.bypasses()).toEqual([]);
});

it('loses PostgreSQL when HAProxy is cut off from the primary, and the services find it again', async () => {
  const primary = await environment.leader('postgres', within(30_000));
  const ask = () =>
    queryPostgres(environment.port('haproxy'), 'select pg_is_in_recovery() as is_replica', within(5_000));
  expect(await ask()).toEqual([{ is_replica: false }]);
  await environment.disturb(`haproxy->${primary}`, { kind: 'cut' }, within(10_000));
  await expect(ask()).rejects.toThrow();
  await environment.restore(`haproxy->${primary}`, within(10_000));
  await expect.poll(() => ask().catch(String), { timeout: 30_000 }).toEqual([{ is_replica: false }]);
  await servicesRecovered();
  expect(await environment.leader('postgres', within(30_000))).toBe(primary);
}, 120_000);

it.each(['kafka', 'postgres', 'mongodb', 'redis'] as const)(
  '%s gets another leader when the leader is killed, and the services go on without a restart',
  (engine) => loseLeader(engine),
  240_000,
);

it('hands the primary role over when it is asked to, and refuses what a node cannot do', async () => {
  const primary = await environment.leader('postgres', within(30_000));
  expect(environment.capabilities(primary)).toContain('switchover');
  await environment.perform(primary, 'switchover', within(30_000));
  expect(await environment.leader('postgres', within(30_000))).not.toBe(primary);
  const [broker = 'kafka-1'] = nodesOf('cluster', 'kafka');
  expect(environment.capabilities(broker)).not.toContain('switchover');
  await expect(environment.perform(broker, 'switchover', within(5_000))).rejects.toThrow('does not support switchover');
}, 120_000);

it('comes back empty from a reset, and leaves nothing', async () => {
  await environment.reset(within(180_000));
  await environment.leader('postgres', within(30_000));
  expect(await environment.teardown()).toEqual(NOTHING);
  expect(markedProcesses(environment.id)).toEqual([]);
}, 300_000);
