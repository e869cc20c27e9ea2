import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { claimRunDir } from './claim-run-dir.ts';

let stateDir: string;
beforeEach(() => {
  stateDir = mkdtempSync(join(tmpdir(), 'claim-'));
});
afterEach(() => rmSync(stateDir, { recursive: true }));

it('gives every run a folder of its own, also within one second', () => {
  const now = new Date('2026-11-28T20:15:37.999Z');
  const dirs = Array.from({ length: 3 }, () => claimRunDir(join(stateDir, 'runs'), 'saga-recovery-1', now));
  const name = 'saga-recovery-1-20261128201537';
  expect(dirs.map((dir) => basename(dir))).toEqual([name, `${name}-2`, `${name}-3`]);
  expect(dirs.filter(existsSync)).toEqual(dirs);
});

it('says when there can be none', () => {
  writeFileSync(join(stateDir, 'runs'), '');
  expect(() => claimRunDir(join(stateDir, 'runs'), 'saga-recovery-1', new Date())).toThrow('EEXIST');
});
