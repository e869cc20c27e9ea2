import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { takeLock } from '../../environment-lock.ts';
import { type EnvironmentPaths, environmentPaths } from '../../environment-paths.ts';
import { identify } from '../process-identity.ts';

/** Directories and a fresh id for one environment of a test, removed when disposed of. */
export class Scratch implements Disposable {
  readonly id = randomBytes(6).toString('hex');
  readonly root = mkdtempSync(join(tmpdir(), 'chaos-scratch-'));
  readonly stateDir = join(this.root, 'state');
  readonly runDir = join(this.root, 'run');
  readonly paths: EnvironmentPaths = environmentPaths(this.id, this.stateDir, this.runDir);

  /** Takes the lock in the name of this process. */
  lock(): void {
    const holder = identify(process.pid);
    if (holder === undefined) throw new Error('this process is not in /proc');
    const { runtimeDir, ledger } = this.paths;
    const lock = { environmentId: this.id, holder, runtimeDir, ledger, atIso: new Date().toISOString() };
    if (!takeLock(this.paths.lock, lock)) throw new Error('the lock is taken');
  }

  [Symbol.dispose](): void {
    rmSync(this.paths.runtimeDir, { recursive: true, force: true });
    rmSync(this.root, { recursive: true, force: true });
  }
}
