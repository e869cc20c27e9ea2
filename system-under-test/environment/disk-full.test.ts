import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { assertSpace, DiskFull, isDiskFull } from './disk-full.ts';

it('looks at the file system that will hold a path, and says how much is missing', () => {
  const path = join(tmpdir(), 'not', 'there', 'yet');
  expect(() => assertSpace(path, 1)).not.toThrow();
  expect(() => assertSpace(path, Number.MAX_SAFE_INTEGER)).toThrow(DiskFull);
  expect(() => assertSpace(path, Number.MAX_SAFE_INTEGER)).toThrow(/MB free, \d+ MB needed/);
});

it('finds a full disk at the bottom of an error', () => {
  const full = Object.assign(new Error('write'), { code: 'ENOSPC' });
  expect(isDiskFull(full)).toBe(true);
  expect(isDiskFull(new Error('x', { cause: new AggregateError([new Error('y'), full]) }))).toBe(true);
  expect(isDiskFull(new Error('initdb: could not write: No space left on device'))).toBe(true);
  expect(isDiskFull(new Error('refused', { cause: new Error('ECONNREFUSED') }))).toBe(false);
});
