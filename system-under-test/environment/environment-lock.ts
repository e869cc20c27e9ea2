import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { EnvironmentError } from './environment-error.ts';
import type { ProcessIdentity } from './keeper/process-identity.ts';

/** Who has the state directory, and where its traces are. Written before the first of them exists, removed last. */
export interface EnvironmentLock {
  readonly environmentId: string;
  /** The CLI that provisioned it. */
  readonly holder: ProcessIdentity;
  readonly runtimeDir: string;
  readonly ledger: string;
  readonly atIso: string;
}

/** Another live environment has the state directory. */
export class EnvironmentBusy extends EnvironmentError {
  /** Absent when the holder has not said who it is. */
  readonly holderPid: number | undefined;
  constructor(path: string, holderPid: number | undefined, isShared: boolean) {
    const holder = holderPid === undefined ? '' : ` (pid ${holderPid})`;
    super({
      what: isShared
        ? `an environment started by "chaos up" is running${holder}`
        : `another run is using this environment${holder}`,
      where: path,
      todo: isShared
        ? 'Use it as it is, or end it with "chaos down".'
        : 'Wait for it to end, end it with Ctrl-C, or give this run a directory of its own.',
    });
    this.holderPid = holderPid;
  }
}

const hasCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code;

/** Takes the lock; returns false when it is taken. It appears with its content or not at all. */
export function takeLock(path: string, lock: EnvironmentLock): boolean {
  mkdirSync(dirname(path), { recursive: true });
  const draft = `${path}.${lock.environmentId}`;
  writeFileSync(draft, JSON.stringify(lock), { mode: 0o600 });
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

/** `undefined` when nobody has it. */
export function readLock(path: string): EnvironmentLock | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as EnvironmentLock;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw new EnvironmentError(
      { what: 'the environment lock cannot be read', where: path, todo: 'Remove the file if no chaos run is alive.' },
      { cause: error },
    );
  }
}

/** Where a lock lies whose environment still has to be cleaned up by whoever starts next, while another one may have its place. */
export const stalePath = (path: string, environmentId: string): string => `${path}.stale-${environmentId}`;

/** Gives the lock back if this environment has it, and leaves to the next start what could not be removed. */
export function abandonLock(path: string, environmentId: string): void {
  if (readLock(path)?.environmentId === environmentId) renameSync(path, stalePath(path, environmentId));
}

/** Gives the lock back if this environment has it; idempotent. */
export function releaseLock(path: string, environmentId: string): void {
  if (readLock(path)?.environmentId === environmentId) rmSync(path, { force: true });
}
