import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { postgresProcessesIn } from './marked-processes.ts';

async function sleeperIn(cwd: string, command: string): Promise<number> {
  const child = spawn(command, ['1000'], { cwd, stdio: 'ignore' });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child, 'spawn');
  return child.pid ?? -1;
}

it("takes PostgreSQL's processes in a folder for ours, and nobody else who stands in it", async () => {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'marked-')));
  onTestFinished(() => rmSync(root, { recursive: true }));
  const folder = join(root, 'chaos-1');
  const dataDir = join(folder, 'data', 'postgres');
  mkdirSync(dataDir, { recursive: true });
  mkdirSync(join(root, 'chaos-10'));
  // The kernel names a process after the path that was executed.
  const postgres = join(root, 'postgres');
  symlinkSync('/bin/sleep', postgres);
  const ours = await sleeperIn(dataDir, postgres);
  await sleeperIn(dataDir, '/bin/sleep');
  await sleeperIn(join(root, 'chaos-10'), postgres);
  expect(postgresProcessesIn(folder).map(({ pid }) => pid)).toEqual([ours]);
  expect(postgresProcessesIn(dataDir).map(({ pid }) => pid)).toEqual([ours]);
});
