import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { ChaosProcess, chaos, processesNaming, type StateDir, temporaryStateDir } from '../testing/chaos-process.ts';

const WITHIN_MS = 5_000;
const RUN = ['run', 'saga-recovery', '--seed', '1', '--ports', 'auto'];

/** Where the environment of the run keeps its data, from its lock. */
async function runtimeDirOf(stateDir: StateDir): Promise<string> {
  const lock: unknown = JSON.parse(await readFile(join(stateDir.path, 'environment.lock'), 'utf8'));
  if (typeof lock !== 'object' || lock === null || !('runtimeDir' in lock)) throw new Error('the lock names no folder');
  return String(lock.runtimeDir);
}

async function expectNothingLeft(stateDir: StateDir, runtimeDir: string): Promise<void> {
  await vi.waitFor(
    async () => {
      expect(await processesNaming([stateDir.path, runtimeDir])).toEqual([]);
      expect(existsSync(join(stateDir.path, 'environment.lock'))).toBe(false);
      expect(existsSync(runtimeDir)).toBe(false);
    },
    { timeout: WITHIN_MS, interval: 100 },
  );
}

describe('a run that is ended in the middle of the storm', () => {
  it('leaves nothing behind when the CLI is killed with -9, and a bundle that proves nothing', async () => {
    await using stateDir = await temporaryStateDir();
    await using run = new ChaosProcess(RUN, stateDir.path);
    await run.says('took effect');
    const runtimeDir = await runtimeDirOf(stateDir);
    expect((await processesNaming([runtimeDir])).length).toBeGreaterThan(10);
    run.signal('SIGKILL');
    await run.exited;
    await expectNothingLeft(stateDir, runtimeDir);
    const check = await chaos(['check', await stateDir.bundle()], stateDir.path);
    expect(check.code).toBe(3);
    expect(check.stdout).toContain('INCONCLUSIVE');
  });

  it('heals, stops and says so at Ctrl-C', async () => {
    await using stateDir = await temporaryStateDir();
    await using run = new ChaosProcess(RUN, stateDir.path);
    await run.says('took effect');
    const runtimeDir = await runtimeDirOf(stateDir);
    run.signal('SIGINT');
    const interruptedAtMs = performance.now();
    const { code, stdout } = await run.exited;
    expect(performance.now() - interruptedAtMs).toBeLessThan(WITHIN_MS);
    expect(code).toBe(130);
    expect(stdout).toContain('INTERRUPTED');
    await expectNothingLeft(stateDir, runtimeDir);
    expect((await chaos(['check', await stateDir.bundle()], stateDir.path)).code).toBe(3);
  });
});
