import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { environmentPaths } from './environment-paths.ts';

it('names the runtime directory by its real path, as /proc does, also when TMPDIR is a link', () => {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'paths-')));
  onTestFinished(() => rmSync(root, { recursive: true }));
  mkdirSync(join(root, 'real'));
  symlinkSync(join(root, 'real'), join(root, 'link'));
  vi.stubEnv('TMPDIR', join(root, 'link'));
  onTestFinished(() => void vi.unstubAllEnvs());
  const { runtimeDir, socket } = environmentPaths('a1', 'state', 'run');
  expect(runtimeDir).toBe(join(root, 'real', 'chaos-a1'));
  expect(socket).toBe(join(runtimeDir, 'control', 'keeper.sock'));
});
