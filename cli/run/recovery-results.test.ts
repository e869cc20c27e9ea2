import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { resultOf } from '#scenarios/rto/measure-recovery.ts';
import { SAMPLE_PLAN } from '#scenarios/rto/testing/sample-plan.ts';
import { UsageError } from '../present/usage-error.ts';
import { assertSavable, readRecoveryResult, saveRecoveryResult } from './recovery-results.ts';

let dir: string;
let file: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'rto-'));
  file = join(dir, 'result.json');
});
afterEach(() => rmSync(dir, { recursive: true }));

const plan = SAMPLE_PLAN;
const inconclusive = resultOf(plan, [], '2026-01-01T00:00:00.000Z', undefined);

it('reads what it has saved', () => {
  expect(saveRecoveryResult(file, inconclusive)).toEqual({ exitCode: 3 });
  expect(readRecoveryResult(file)).toEqual(inconclusive);
});

it('knows beforehand where nothing can be saved', () => {
  const folder = join(dir, 'folder');
  mkdirSync(folder);
  for (const bad of [folder, join(dir, 'nowhere', 'result.json')]) {
    expect(() => assertSavable(bad)).toThrow(UsageError);
    expect(() => assertSavable(bad)).toThrow(/the result cannot be saved: .*Name a file in a folder that exists/);
  }
});

it('leaves no trace where something can be saved', () => {
  assertSavable(file);
  expect(existsSync(file)).toBe(false);
  writeFileSync(file, 'an earlier result');
  assertSavable(file);
  expect(readFileSync(file, 'utf8')).toBe('an earlier result');
});

it('says that there is no file, and hides neither that nor a violation', () => {
  rmSync(dir, { recursive: true });
  const unsaved = saveRecoveryResult(file, inconclusive);
  expect(unsaved.exitCode).toBe(4);
  expect(unsaved.failure).toContain('Error: the result is not saved: ENOENT');
  expect(unsaved.failure).toContain(`where: ${file}`);
  expect(saveRecoveryResult(file, { ...inconclusive, outcome: 'violated' }).exitCode).toBe(1);
  mkdirSync(dir);
});
