import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { decodeLedger, unhealed } from '../ledger/ledger-codec.ts';
import { recoverLeftovers } from '../recover-leftovers.ts';
import { markedProcesses } from './marked-processes.ts';
import { identify, isRunning, signalExactly } from './process-identity.ts';
import { readProcessRecords, writeProcessRecords } from './process-records.ts';
import { allProcesses } from './process-tree.ts';
import { Scratch } from './testing/scratch.ts';
import { until } from './until.ts';

const OWNER = fileURLToPath(new URL('./testing/owner-process.ts', import.meta.url));
/** What the product promises after a kill -9 of the CLI. */
const PROMISE_MS = 5_000;

/** Starts the stand-in for the CLI, which dies with the test at the latest. */
function startOwner(scratch: Scratch) {
  const owner = spawn(process.execPath, [OWNER, scratch.stateDir, scratch.runDir, scratch.id], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void owner.kill('SIGKILL'));
  return owner;
}

const isClean = ({ id, paths }: Scratch): boolean =>
  markedProcesses(id).length === 0 && !existsSync(paths.lock) && !existsSync(paths.runtimeDir);

function expectNothingLeft(scratch: Scratch): void {
  expect(markedProcesses(scratch.id)).toEqual([]);
  expect(existsSync(scratch.paths.lock)).toBe(false);
  expect(existsSync(scratch.paths.runtimeDir)).toBe(false);
  const ledger = existsSync(scratch.paths.ledger) ? readFileSync(scratch.paths.ledger, 'utf8') : '';
  expect(unhealed(decodeLedger(ledger))).toEqual([]);
}

function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}

it('ends paused, stubborn and nested processes within 5 s of kill -9 of the owner', async () => {
  using scratch = new Scratch();
  const owner = startOwner(scratch);
  await once(owner.stdout, 'data');
  expect(markedProcesses(scratch.id)).toHaveLength(6);
  const ledgerBefore = decodeLedger(readFileSync(scratch.paths.ledger, 'utf8'));
  expect(unhealed(ledgerBefore).map(({ id }) => id)).toEqual(['pause-postgres', 'pause-redis']);
  owner.kill('SIGKILL');
  expect(await until(() => isClean(scratch), PROMISE_MS)).toBe(true);
  expectNothingLeft(scratch);
  expect(readFileSync(scratch.paths.ledger, 'utf8')).toContain('"by":"keeper"');
});

it('leaves nothing at any of 24 random moments of the start', async () => {
  const isKeeperGone = ({ id }: Scratch): boolean => !allProcesses().some(({ pid }) => commandLine(pid).includes(id));
  const oneKill = async (afterMs: number): Promise<void> => {
    using scratch = new Scratch();
    const owner = startOwner(scratch);
    const exited = once(owner, 'exit');
    await delay(afterMs);
    owner.kill('SIGKILL');
    await exited;
    // Before the keeper exists there is nobody to tidy up but the next start: that is what it is for.
    expect(await until(() => isKeeperGone(scratch), PROMISE_MS), `killed after ${afterMs} ms`).toBe(true);
    expect(markedProcesses(scratch.id)).toEqual([]);
    await recoverLeftovers(scratch.stateDir);
    expectNothingLeft(scratch);
  };
  for (let round = 0; round < 4; round += 1) {
    await Promise.all([0, 1, 2, 3, 4, 5].map(() => oneKill(Math.random() * 1_200)));
  }
});

it('ends everything when keeper and owner are killed together', async () => {
  using scratch = new Scratch();
  const owner = startOwner(scratch);
  await once(owner.stdout, 'data');
  const keeper = readProcessRecords(scratch.paths.processRecords)?.keeper;
  if (keeper === undefined) throw new Error('no record of the keeper');
  signalExactly(keeper, 'SIGKILL');
  owner.kill('SIGKILL');
  await once(owner, 'exit');
  const [recovery] = await recoverLeftovers(scratch.stateDir);
  expect(recovery?.faults).toEqual(['pause-postgres', 'pause-redis']);
  expectNothingLeft(scratch);
});

it('does not signal a process that got a recorded pid later', async () => {
  using scratch = new Scratch();
  const owner = startOwner(scratch);
  await once(owner.stdout, 'data');
  const stranger = spawn('sleep', ['1000']);
  onTestFinished(() => void stranger.kill('SIGKILL'));
  const identity = stranger.pid === undefined ? undefined : identify(stranger.pid);
  if (identity === undefined) throw new Error('sleep did not start');
  const records = readProcessRecords(scratch.paths.processRecords);
  if (records === undefined) throw new Error('no records');
  signalExactly(records.keeper, 'SIGKILL');
  owner.kill('SIGKILL');
  await once(owner, 'exit');
  const recycled = { ...identity, startTicks: String(Number(identity.startTicks) - 1), name: 'redis' };
  writeProcessRecords(scratch.paths.processRecords, { ...records, processes: [...records.processes, recycled] });
  await recoverLeftovers(scratch.stateDir);
  expect(isRunning(identity)).toBe(true);
  expectNothingLeft(scratch);
});
