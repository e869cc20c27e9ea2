import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { componentsOf, linksOf } from '../contract/components.ts';
import { attach } from './attach.ts';
import { ComponentNotReady } from './component-readiness.ts';
import { down } from './down.ts';
import { EnvironmentBusy } from './environment-lock.ts';
import { markedProcesses } from './keeper/marked-processes.ts';
import type { ProcessEnvironment } from './process-environment.ts';
import { provision } from './provision.ts';
import { sharedStatus } from './shared-status.ts';

const NOTHING = { processes: [], toxics: [], proxies: [], locks: [] };
const root = mkdtempSync(join(tmpdir(), 'chaos-provision-'));
const stateDir = join(root, 'state');
const within = (ms: number): AbortSignal => AbortSignal.timeout(ms);
const start = (options: { execArgv?: readonly string[] } = {}): Promise<ProcessEnvironment> =>
  provision({
    ...{ ports: 'auto', stateDir, runDir: join(root, 'run'), signal: within(120_000) },
    ...(options.execArgv === undefined ? {} : { serviceExecArgv: options.execArgv }),
  });

let environment: ProcessEnvironment;
beforeAll(async () => {
  environment = await start();
});
afterAll(async () => {
  await environment.teardown();
  rmSync(root, { recursive: true, force: true });
});

it('runs every component, each client behind its proxies, and nobody goes round them', async () => {
  expect((await environment.status()).map(({ name, state, starts }) => ({ name, state, starts }))).toEqual(
    componentsOf('compact').map((name) => ({ name, state: 'running', starts: 1 })),
  );
  expect(environment.links).toEqual(linksOf('compact'));
  expect(await environment.bypasses()).toEqual([]);
  await expect(start()).rejects.toThrow(EnvironmentBusy);
});

it('kills, starts, pauses and resumes a database, and says why it is not ready meanwhile', async () => {
  const exits: string[] = [];
  environment.onUnexpectedExit((component, detail) => exits.push(`${component} ${detail}`));
  await environment.perform('postgres', 'kill', within(5_000));
  const notReady = await environment.whenReady('postgres', within(500)).catch((error: unknown) => error);
  expect(notReady).toBeInstanceOf(ComponentNotReady);
  expect(notReady).toMatchObject({ component: 'postgres', lastAnswer: expect.stringContaining('ECONNREFUSED') });
  await environment.perform('postgres', 'start', within(20_000));
  await environment.whenReady('postgres', within(20_000));
  await environment.perform('postgres', 'pause', within(5_000));
  await expect(environment.whenReady('postgres', within(1_000))).rejects.toThrow(ComponentNotReady);
  await environment.perform('postgres', 'resume', within(5_000));
  await environment.whenReady('postgres', within(20_000));
  expect(exits).toEqual([]);
});

it('disturbs one link and no other, and restores it', async () => {
  await environment.disturb('payment->kafka', { kind: 'cut' }, within(5_000));
  expect(await environment.linkStatus('payment->kafka')).toMatchObject({ enabled: false });
  expect(await environment.linkStatus('order->kafka')).toMatchObject({ enabled: true, toxics: [] });
  await environment.restore('payment->kafka', within(20_000));
  expect(await environment.linkStatus('payment->kafka')).toMatchObject({ enabled: true, toxics: [] });
  await environment.whenReady('payment', within(30_000));
});

it('starts the services anew on empty stores, and leaves the servers running', async () => {
  const starts = async () => new Map((await environment.status()).map((status) => [status.name, status.starts]));
  const before = await starts();
  await environment.reset(within(90_000));
  const after = await starts();
  expect(after.get('order')).toBe((before.get('order') ?? 0) + 1);
  expect(after.get('kafka')).toBe(before.get('kafka'));
});

it('stays when it is shared, heals what a run leaves, and ends with down', async () => {
  await environment.share();
  expect(await environment.teardown()).toEqual(NOTHING);
  expect((await sharedStatus(stateDir))?.components.every(({ state }) => state === 'running')).toBe(true);
  const run = await attach(stateDir);
  if (run === undefined) throw new Error('the environment is gone');
  expect(run.isShared).toBe(true);
  await expect(attach(stateDir)).rejects.toThrow(EnvironmentBusy);
  await run.ledger.begin({ id: 'f', kind: 'pause', heal: [{ kind: 'resume', component: 'redis' }], leaseMs: 60_000 });
  await run.perform('redis', 'pause', within(5_000));
  expect(await run.teardown()).toEqual(NOTHING);
  expect((await sharedStatus(stateDir))?.openFaults).toEqual([]);
  expect(await down(stateDir)).toEqual(NOTHING);
  expect(await down(stateDir)).toBeUndefined();
  expect(await attach(stateDir)).toBeUndefined();
  expect(markedProcesses(environment.id)).toEqual([]);
});

it('names a service that ends while it starts, with its log, and leaves nothing', async () => {
  const failing = 'data:text/javascript,process.stderr.write("cannot start\\n");process.exit(9)';
  const error = await start({ execArgv: ['--import', failing] }).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(ComponentNotReady);
  expect(error).toMatchObject({
    lastAnswer: expect.stringContaining('ended with code 9'),
    logTail: expect.stringContaining('cannot start'),
  });
  expect(existsSync(join(stateDir, 'environment.lock'))).toBe(false);
  expect(readFileSync(join(root, 'run', 'logs', 'keeper.log'), 'utf8')).toContain('ended');
});
