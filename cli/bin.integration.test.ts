import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { BundleWriter } from '#scenarios/engine/bundle/bundle-writer.ts';
import { chaos, temporaryStateDir } from './testing/chaos-process.ts';

test('a slow reader gets all of an output that is larger than a pipe', { timeout: 60_000 }, async () => {
  const child = spawn(process.execPath, ['cli/bin.js', 'run', 'saga-recovery', '--seed', '7', '--dry-run'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  await once(child.stdout, 'readable');
  // Nobody reads while the command comes to its end: what the pipe cannot take must be waited for.
  await expect(once(child, 'exit', { signal: AbortSignal.timeout(2_000) })).rejects.toThrow('abort');
  const chunks: Buffer[] = [];
  for await (const chunk of child.stdout) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString();
  expect(text.length).toBeGreaterThan(65_536);
  expect(JSON.parse(text)).toMatchObject({ schedule: { seed: 7 } });
});

test('without a reader of its progress a command ends as it would have', { timeout: 60_000 }, async () => {
  await using folder = await temporaryStateDir();
  // Nothing can be started with it.
  const stateDir = join(folder.path, 'file');
  writeFileSync(stateDir, '');
  const child = spawn(process.execPath, ['cli/bin.js', 'run', 'saga-recovery', '--seed', '7'], {
    env: { ...process.env, CHAOS_STATE_DIR: stateDir },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  child.stderr.destroy();
  expect(await once(child, 'exit')).toEqual([4, null]);
});

/** A command that waits for a reader of its output, and does the deed at SIGUSR2. */
function waiting(deed: string) {
  const preload = `data:text/javascript,${encodeURIComponent(`process.on('SIGUSR2', () => { ${deed} })`)}`;
  const args = ['--import', preload, 'cli/bin.js', 'run', 'saga-recovery', '--seed', '7', '--dry-run'];
  return spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
}

test.each(['throw new Error("nobody caught it")', 'Promise.reject(new Error("nobody caught it"))'])(
  'does not take for a violation, and explains: %s',
  { timeout: 60_000 },
  async (deed) => {
    const child = waiting(deed);
    await once(child.stdout, 'readable');
    child.kill('SIGUSR2');
    const [said, ended] = await Promise.all([textOf(child.stderr), once(child, 'exit')]);
    expect(said).toBe('Error: nobody caught it\n  try:   the same command with --debug, for a stack trace\n');
    expect(ended).toEqual([4, null]);
  },
);

test('a terminal that was closed is no failure', { timeout: 60_000 }, async () => {
  const child = waiting('process.stdout.emit("error", Object.assign(new Error("write EIO"), { code: "EIO" }))');
  await once(child.stdout, 'readable');
  child.kill('SIGUSR2');
  expect(await once(child, 'exit')).toEqual([0, null]);
});

test('an interrupted run that is judged again ends with the exit code that is printed', {
  timeout: 60_000,
}, async () => {
  await using folder = await temporaryStateDir();
  const bundle = await BundleWriter.create(join(folder.path, 'bundle'));
  bundle.writeRecord({
    formatVersion: 1,
    runId: 'run-1',
    scenario: 'saga-recovery',
    summary: 's',
    topology: 'compact',
    publisher: 'relay',
    seed: 7,
    startedAt: '2026-01-01T00:00:00.000Z',
    versions: {},
    invariants: ['no-double-charge'],
    repeat: 'x',
    objectives: { rtoMs: 1, minSuccessRate: 1, maxP99Ms: 1 },
  });
  const interrupted = { index: 0, timeMs: 1, type: 'observation', kind: 'interrupted', values: { reason: 'Ctrl-C' } };
  writeFileSync(bundle.historyPath, `${JSON.stringify(interrupted)}\n`);
  const shown = await chaos(['check', bundle.dir], folder.path);
  expect(shown.code).toBe(3);
  expect(shown.stdout).toContain('(exit 3)');
  const { stdout } = await chaos(['check', bundle.dir, '--json'], folder.path);
  expect(JSON.parse(stdout)).toMatchObject({ outcome: 'interrupted', exitCode: 3 });
});
