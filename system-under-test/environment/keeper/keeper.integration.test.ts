import { existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { decodeLedger, unhealed } from '../ledger/ledger-codec.ts';
import { endLeftovers } from '../recover-leftovers.ts';
import { KeeperClient, KeeperLost } from './keeper-client.ts';
import { launchKeeper } from './launch-keeper.ts';
import { markedProcesses } from './marked-processes.ts';
import { identify, isRunning, readStat, signalExactly } from './process-identity.ts';
import { readProcessRecords } from './process-records.ts';
import { allProcesses, descendantsOf } from './process-tree.ts';
import type { ChildExit, ChildStatus } from './protocol.ts';
import { FAMILY, plainSpec, SLEEPER, STUBBORN } from './testing/plain-specs.ts';
import { Scratch } from './testing/scratch.ts';
import { until } from './until.ts';

/** A keeper that ends with the test. */
class Kept implements AsyncDisposable {
  readonly scratch: Scratch;
  readonly exits: ChildExit[] = [];
  readonly client: KeeperClient;

  private constructor(scratch: Scratch, client: KeeperClient) {
    this.scratch = scratch;
    this.client = client;
    client.onEvent((event) => {
      if (event.event === 'exit') this.exits.push(event);
    });
  }

  static async launch(scratch = new Scratch()): Promise<Kept> {
    scratch.lock();
    const { client } = await launchKeeper(scratch.id, scratch.paths, AbortSignal.timeout(10_000));
    return new Kept(scratch, client);
  }

  spawn(name: string, script: string): Promise<ChildStatus> {
    return this.client.request('spawn', { spec: plainSpec(name, this.scratch.paths.logsDir, script) });
  }

  log(name: string): string {
    return readFileSync(plainSpec(name, this.scratch.paths.logsDir, '').logFile, 'utf8');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.client.request('shutdown', {}).catch(() => undefined);
    this.client[Symbol.dispose]();
    this.scratch[Symbol.dispose]();
  }
}

const pause = (component: 'redis' | 'postgres', leaseMs: number) => ({
  entry: { id: `pause-${component}`, kind: 'pause', heal: [{ kind: 'resume', component } as const], leaseMs },
});

it('tells asked exits from unasked ones and keeps the log over restarts', async () => {
  await using kept = await Kept.launch();
  const first = await kept.spawn('redis', SLEEPER);
  expect(first).toMatchObject({ state: 'running', starts: 1 });
  await until(() => kept.log('redis') === 'up\n', 2_000);
  await kept.client.request('stop', { name: 'redis' });
  expect(kept.exits).toMatchObject([{ name: 'redis', pid: first.pid, signal: 'SIGTERM', asked: true }]);
  const second = await kept.client.request('start', { name: 'redis' });
  expect(second).toMatchObject({ state: 'running', starts: 2 });
  await until(() => kept.log('redis') === 'up\nup\n', 2_000);
  const secondLife = identify(second.pid ?? -1);
  expect(secondLife && signalExactly(secondLife, 'SIGKILL')).toBe(true);
  await until(() => kept.exits.length === 2, 2_000);
  expect(kept.exits[1]).toMatchObject({ pid: second.pid, signal: 'SIGKILL', asked: false });
  expect(kept.log('redis')).toBe('up\nup\n');
});

it('kills a child that does not stop when asked', async () => {
  await using kept = await Kept.launch();
  await kept.spawn('order', STUBBORN);
  await until(() => kept.log('order') === 'up\n', 2_000);
  await kept.client.request('stop', { name: 'order' });
  expect(kept.exits).toMatchObject([{ signal: 'SIGKILL', asked: true }]);
  expect(markedProcesses(kept.scratch.id)).toEqual([]);
});

it('pauses, resumes and kills the whole tree', async () => {
  await using kept = await Kept.launch();
  const { pid = -1 } = await kept.spawn('postgres', FAMILY);
  const tree = () => [pid, ...descendantsOf(pid, allProcesses()).map((stat) => stat.pid)];
  expect(await until(() => tree().length === 3, 2_000)).toBe(true);
  const pids = tree();
  const states = () => pids.map((each) => readStat(each)?.state);
  await kept.client.request('signal', { name: 'postgres', signal: 'SIGSTOP' });
  expect(await until(() => states().every((state) => state === 'T'), 2_000)).toBe(true);
  await kept.client.request('signal', { name: 'postgres', signal: 'SIGCONT' });
  expect(await until(() => states().every((state) => state === 'S'), 2_000)).toBe(true);
  await kept.client.request('signal', { name: 'postgres', signal: 'SIGKILL' });
  expect(markedProcesses(kept.scratch.id)).toEqual([]);
});

it('names what cannot be started and goes on', async () => {
  await using kept = await Kept.launch();
  const spec = { ...plainSpec('redis', kept.scratch.paths.logsDir, ''), command: '/nowhere/redis-server' };
  await expect(kept.client.request('spawn', { spec })).rejects.toThrow('/nowhere/redis-server');
  await expect(kept.client.request('start', { name: 'kafka' })).rejects.toThrow('kafka');
  expect(await kept.spawn('redis', SLEEPER)).toMatchObject({ state: 'running' });
});

it('heals a fault by itself when its lease runs out', async () => {
  await using kept = await Kept.launch();
  await kept.spawn('redis', SLEEPER);
  await kept.client.request('begin-fault', pause('redis', 200));
  await kept.client.request('signal', { name: 'redis', signal: 'SIGSTOP' });
  const expired = await new Promise((resolve) => kept.client.onEvent(resolve));
  expect(expired).toEqual({ event: 'lease-expired', fault: 'pause-redis' });
  const { children } = await kept.client.request('status', {});
  expect(children).toMatchObject([{ name: 'redis', state: 'running', starts: 1 }]);
  expect((await kept.client.request('open-faults', {})).entries).toEqual([]);
});

it('heals a shared environment when its owner is gone, and goes on running it', async () => {
  await using kept = await Kept.launch();
  await kept.spawn('redis', SLEEPER);
  await kept.client.request('share', {});
  await kept.client.request('release', {});
  const run = await KeeperClient.connect(kept.scratch.paths.socket);
  await run.request('claim', {});
  await expect(kept.client.request('claim', {})).rejects.toThrow('another run uses it');
  await run.request('begin-fault', pause('redis', 60_000));
  await run.request('signal', { name: 'redis', signal: 'SIGSTOP' });
  run[Symbol.dispose]();
  const ledger = () => unhealed(decodeLedger(readFileSync(kept.scratch.paths.ledger, 'utf8')));
  expect(await until(() => ledger().length === 0, 5_000)).toBe(true);
  const { children } = await kept.client.request('status', {});
  expect(children).toMatchObject([{ state: 'running', starts: 1 }]);
});

it('lets the owner clean up when the keeper itself is killed', async () => {
  await using kept = await Kept.launch();
  await kept.spawn('order', STUBBORN);
  await kept.spawn('postgres', FAMILY);
  await kept.client.request('begin-fault', pause('postgres', 60_000));
  await kept.client.request('signal', { name: 'postgres', signal: 'SIGSTOP' });
  const lost = new Promise<void>((resolve) => kept.client.onLost(resolve));
  const { id, paths } = kept.scratch;
  const keeper = readProcessRecords(paths.processRecords)?.keeper;
  if (keeper === undefined) throw new Error('no record of the keeper');
  signalExactly(keeper, 'SIGKILL');
  await lost;
  await expect(kept.client.request('status', {})).rejects.toThrow(KeeperLost);
  const recovery = await endLeftovers({ environmentId: id, runtimeDir: paths.runtimeDir, ledger: paths.ledger });
  expect(recovery.faults).toEqual(['pause-postgres']);
  expect(markedProcesses(id)).toEqual([]);
  expect(existsSync(paths.runtimeDir)).toBe(false);
});

it('answers a shutdown with every process that ran and leaves neither files nor lock', async () => {
  await using kept = await Kept.launch();
  await kept.spawn('redis', SLEEPER);
  await kept.client.request('signal', { name: 'redis', signal: 'SIGKILL' });
  await kept.client.request('start', { name: 'redis' });
  const { everStarted } = await kept.client.request('shutdown', {});
  expect(everStarted).toHaveLength(2);
  expect(existsSync(kept.scratch.paths.lock)).toBe(false);
  expect(existsSync(kept.scratch.paths.runtimeDir)).toBe(false);
});

it('ends everything and itself when it can write no more records, as on a full disk', async () => {
  await using kept = await Kept.launch();
  const { id, paths } = kept.scratch;
  const { pid = -1 } = await kept.spawn('redis', SLEEPER);
  await kept.spawn('order', STUBBORN);
  const keeper = readProcessRecords(paths.processRecords)?.keeper;
  const redis = identify(pid);
  if (keeper === undefined || redis === undefined) throw new Error('the keeper or its child does not run');
  mkdirSync(`${paths.processRecords}.next`);
  signalExactly(redis, 'SIGKILL');
  expect(await until(() => !isRunning(keeper), 5_000)).toBe(true);
  expect(markedProcesses(id)).toEqual([]);
  expect(existsSync(paths.lock)).toBe(false);
  expect(existsSync(paths.runtimeDir)).toBe(false);
});

it('goes on without a log when the disk of the log is full', async () => {
  using scratch = new Scratch();
  mkdirSync(scratch.paths.logsDir, { recursive: true });
  symlinkSync('/dev/full', join(scratch.paths.logsDir, 'keeper.log'));
  await using kept = await Kept.launch(scratch);
  // What it refuses, it logs.
  await expect(kept.client.request('start', { name: 'kafka' })).rejects.toThrow('kafka');
  expect(await kept.spawn('redis', SLEEPER)).toMatchObject({ state: 'running' });
  expect(kept.exits).toEqual([]);
});
