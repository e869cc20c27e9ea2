import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openRedirectLog, readBypasses, readRegistrations } from './bypass-log.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'redirect-log-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

it('gives back what several processes wrote, by kind', () => {
  const file = join(folder, 'log.ndjson');
  const [one, two] = [openRedirectLog(file), openRedirectLog(file)];
  one({ kind: 'registered', client: 'order', pid: 1, atMs: 10 });
  two({ kind: 'registered', client: 'payment', pid: 2, atMs: 11 });
  one({ kind: 'bypass', client: 'order', target: 'localhost:1', atMs: 12 });
  expect(readRegistrations(file)).toMatchObject([{ client: 'order' }, { client: 'payment' }]);
  expect(readBypasses(file)).toEqual([{ kind: 'bypass', client: 'order', target: 'localhost:1', atMs: 12 }]);
});

it('takes a line that it cannot read for a bypass', () => {
  const file = join(folder, 'log.ndjson');
  appendFileSync(file, '{"kind":"registered","client":"order","pid":1,"atMs":1}\n{"kind":"byp');
  expect(readBypasses(file)).toMatchObject([{ client: 'unknown', target: 'unreadable line: {"kind":"byp' }]);
});

it('throws when there is no log', () => {
  expect(() => readBypasses(join(folder, 'absent.ndjson'))).toThrow(/ENOENT/);
});

it('fails at the start, not at the first bypass, when the log cannot be written', () => {
  expect(() => openRedirectLog(join(folder, 'missing', 'log.ndjson'))).toThrow(/ENOENT/);
});
