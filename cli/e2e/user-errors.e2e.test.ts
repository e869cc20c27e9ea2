import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync } from 'node:fs';
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ChaosExit, chaos, processesNaming, type StateDir, temporaryStateDir } from '../testing/chaos-process.ts';

const GOOD_BUNDLE = fileURLToPath(new URL('../../invariants/corpus/every-ending', import.meta.url));
let stateDir: StateDir;
beforeAll(async () => {
  stateDir = await temporaryStateDir();
});
afterAll(() => stateDir[Symbol.asyncDispose]());

/** One clear message on stderr with the documented code, no stack trace, nothing left running. */
async function expectRefusal(exit: ChaosExit, code: number, ...texts: readonly string[]): Promise<void> {
  for (const text of texts) expect(exit.stderr).toContain(text);
  expect(exit.code).toBe(code);
  expect(exit.stderr).not.toMatch(/^\s+at /m);
  expect(await processesNaming([stateDir.path])).toEqual([]);
}

describe('what a user can get wrong', () => {
  it('an unknown scenario: the nearest names', async () => {
    const exit = await chaos(['run', 'saga-recovry'], stateDir.path);
    await expectRefusal(exit, 2, 'there is no scenario "saga-recovry"', 'saga-recovery');
  });

  it('an unknown command and an unknown flag', async () => {
    await expectRefusal(await chaos(['rnu'], stateDir.path), 2, 'rnu');
    await expectRefusal(await chaos(['run', 'saga-recovery', '--sed', '1'], stateDir.path), 2, '--sed');
    await expectRefusal(
      await chaos(['run', 'saga-recovery', '--runs', '2', '--dry-run'], stateDir.path),
      2,
      '--dry-run',
    );
  });

  it('a defect file that is not there, and one that is no defect', async () => {
    const file = join(stateDir.path, 'broken.json');
    await writeFile(file, '{"name": 1}');
    await expectRefusal(
      await chaos(['run', 'saga-recovery', '--defect', './nope.json'], stateDir.path),
      2,
      'no such file',
    );
    await expectRefusal(await chaos(['run', 'saga-recovery', '--defect', file], stateDir.path), 2, file);
  });

  it('a bundle that is none, and one that is corrupt', async () => {
    await expectRefusal(await chaos(['check', stateDir.path], stateDir.path), 2, 'bundle');
    const corrupt = join(stateDir.path, 'corrupt');
    cpSync(GOOD_BUNDLE, corrupt, { recursive: true });
    const history = join(corrupt, 'history.ndjson');
    await writeFile(history, (await readFile(history, 'utf8')).replace('"type":"invoke"', '"type":"invke"'));
    await writeFile(join(corrupt, 'run.json'), await recordOfSomeRun());
    await expectRefusal(await chaos(['check', corrupt], stateDir.path), 3, 'history.ndjson', 'line');
  });

  it('a taken port: which, and who holds it, before anything starts', async () => {
    const holder = createServer();
    await new Promise<void>((resolve) => holder.listen(8002, '127.0.0.1', resolve));
    try {
      const exit = await chaos(['run', 'saga-recovery', '--seed', '1'], stateDir.path);
      await expectRefusal(exit, 4, '8002', 'inventory', `pid ${process.pid}`, '--ports auto');
      const several = await chaos(['run', 'saga-recovery', '--seed', '1', '--runs', '2', '--json'], stateDir.path);
      await expectRefusal(several, 4, '8002', 'seed 1 has no verdict');
      expect(JSON.parse(several.stdout)).toEqual([]);
    } finally {
      holder.close();
    }
  });

  it('a missing Java', async () => {
    const bin = join(stateDir.path, 'bin');
    await mkdir(bin);
    await symlink(process.execPath, join(bin, 'node'));
    const exit = await chaos(['run', 'saga-recovery', '--ports', 'auto'], stateDir.path, {
      PATH: bin,
      JAVA_HOME: undefined,
    });
    await expectRefusal(exit, 4, 'Java 17+ is missing', 'openjdk');
  });

  it('a full disk', async ({ skip }) => {
    const disk = join(stateDir.path, 'disk');
    await mkdir(disk);
    const mount = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', disk]);
    skip(mount.status !== 0, 'nothing may be mounted here');
    try {
      const exit = await chaos(['run', 'saga-recovery', '--ports', 'auto'], join(disk, 'state'));
      await expectRefusal(exit, 4, 'disk');
    } finally {
      execFileSync('umount', [disk]);
    }
  });
});

async function recordOfSomeRun(): Promise<string> {
  const record = {
    formatVersion: 1,
    runId: 'r',
    scenario: 'saga-recovery',
    summary: 's',
    topology: 'compact',
    seed: 1,
    startedAt: '2026-01-01T00:00:00.000Z',
    versions: {},
    invariants: ['no-double-charge'],
    objectives: { rtoMs: 1, minSuccessRate: 1, maxP99Ms: 1 },
    repeat: 'x',
  };
  return `${JSON.stringify(record)}\n`;
}
