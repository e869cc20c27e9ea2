import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { removeWithMounts } from './data-disk.ts';
import { type EnvironmentLock, readLock, stalePath } from './environment-lock.ts';
import { lockPath, runtimePaths, sharedRecordPath } from './environment-paths.ts';
import { markedProcesses, postgresProcessesIn } from './keeper/marked-processes.ts';
import { isRunning, signalExactly } from './keeper/process-identity.ts';
import { type ProcessRecords, readProcessRecords } from './keeper/process-records.ts';
import { releaseSharedMemory, segmentsOf } from './keeper/shared-memory.ts';
import { until } from './keeper/until.ts';
import { FaultLedger } from './ledger/fault-ledger.ts';
import { releaseClocks } from './service-clock.ts';

/** How long a keeper whose owner died may take to end its environment before it is ended itself. */
const KEEPER_GRACE_MS = 6_000;
const KILL_TIMEOUT_MS = 3_000;

export interface Recovery {
  readonly environmentId: string;
  /** Names of processes that were still running, or pids where no record names them. */
  readonly ended: readonly string[];
  /** Ids of faults that were open. */
  readonly faults: readonly string[];
}

/**
 * Finishes what a dead CLI and a dead keeper left: ends their processes, closes their faults, removes their files.
 * Leaves an environment alone whose CLI or, when shared, whose keeper lives. Safe to call at any time, also by two
 * processes at once; resolves to what was found.
 */
export async function recoverLeftovers(stateDir: string): Promise<readonly Recovery[]> {
  const path = lockPath(stateDir);
  const lock = readLock(path);
  if (lock !== undefined && (await isAbandoned(lock))) claimStale(path, lock);
  const folder = dirname(path);
  const stale = existsSync(folder)
    ? readdirSync(folder).filter((name) => name.startsWith(basename(stalePath(path, ''))))
    : [];
  const recoveries: Recovery[] = [];
  for (const name of stale) {
    const staleLock = readLock(join(folder, name));
    if (staleLock === undefined) continue;
    recoveries.push(await endLeftovers(staleLock));
    // An environment.json that another environment has written since must stay.
    if (readLock(path) === undefined) rmSync(sharedRecordPath(stateDir), { force: true });
    rmSync(join(folder, name), { force: true });
  }
  return recoveries;
}

async function isAbandoned(lock: EnvironmentLock): Promise<boolean> {
  const records = readProcessRecords(runtimePaths(lock.runtimeDir).processRecords);
  if (records?.isShared === true) return !isRunning(records.keeper);
  if (isRunning(lock.holder)) return false;
  // The CLI has died; its keeper may be at work on exactly this.
  if (records !== undefined) await until(() => !isRunning(records.keeper), KEEPER_GRACE_MS);
  return true;
}

/**
 * Moves the lock out of the way under a name that a later recovery finds if this one dies, too. When another recovery
 * was faster and a new environment has taken the lock since, it is put back.
 */
function claimStale(path: string, lock: EnvironmentLock): void {
  const claimed = stalePath(path, lock.environmentId);
  try {
    renameSync(path, claimed);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return;
    throw error;
  }
  if (readLock(claimed)?.environmentId !== lock.environmentId) renameSync(claimed, path);
}

/** Ends every process of an environment that nobody keeps any more, and removes its files but for ledger and logs. */
export async function endLeftovers(
  lock: Pick<EnvironmentLock, 'environmentId' | 'runtimeDir' | 'ledger'>,
): Promise<Recovery> {
  const records = readProcessRecords(runtimePaths(lock.runtimeDir).processRecords);
  const names = new Map(records?.processes.map(({ pid, name }) => [pid, name]));
  const running = [
    ...(records === undefined ? [] : [records.keeper, ...records.processes]),
    ...markedProcesses(lock.environmentId),
    ...postgresProcessesIn(lock.runtimeDir),
  ].filter(isRunning);
  for (const identity of running) signalExactly(identity, 'SIGKILL');
  await until(() => !running.some(isRunning), KILL_TIMEOUT_MS);
  releaseSharedMemory(creators(records), segmentsOf(foldersIn(runtimePaths(lock.runtimeDir).dataDir)));
  releaseClocks(creators(records));
  removeWithMounts(lock.runtimeDir);
  // The ledger may need the space that the servers' data took.
  const faults = closeLedger(lock.ledger);
  const ended = new Set(running.map(({ pid }) => names.get(pid) ?? `pid ${pid}`));
  return { environmentId: lock.environmentId, ended: [...ended], faults };
}

/** The data folders of all components, and the folders in these: PostgreSQL's is one of them. */
function foldersIn(dataDir: string): readonly string[] {
  const list = (folder: string): readonly string[] => {
    try {
      return readdirSync(folder, { withFileTypes: true }).flatMap((e) =>
        e.isDirectory() ? [join(folder, e.name)] : [],
      );
    } catch {
      return [];
    }
  };
  const components = list(dataDir);
  return [...components, ...components.flatMap(list)];
}

const creators = (records: ProcessRecords | undefined): ReadonlySet<number> =>
  new Set(records?.everStarted.map(({ pid }) => pid));

function closeLedger(path: string): readonly string[] {
  // A bundle may have been deleted; its faults ended with the processes that they were done to.
  if (!existsSync(path)) return [];
  using ledger = new FaultLedger(path);
  const open = ledger.open().map(({ id }) => id);
  for (const id of open) ledger.end(id, 'recovery');
  return open;
}
