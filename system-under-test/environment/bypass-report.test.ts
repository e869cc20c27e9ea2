import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openRedirectLog } from '#toxiproxy/redirect/bypass-log.ts';
import { bypassReport, countBypasses } from './bypass-report.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bypass-'));
  file = join(folder, 'connections.ndjson');
});
afterEach(() => rmSync(folder, { recursive: true }));

const bypass = (client: string, target: string, atMs: number) => ({ kind: 'bypass', client, target, atMs }) as const;

it('leaves out what was connected before, and counts what came later whatever the clock of its process said', () => {
  expect(countBypasses(file)).toBe(0);
  const log = openRedirectLog(file);
  log({ kind: 'registered', client: 'payment', pid: 1, atMs: 1_000 });
  log(bypass('order', 'localhost:1', 1_001));
  const before = countBypasses(file);
  expect(before).toBe(1);
  expect(bypassReport(file, ['payment'], before)).toEqual([]);
  // The clock of payment was set back.
  for (const atMs of [10, 11]) log(bypass('payment', 'localhost:2', atMs));
  expect(bypassReport(file, ['payment'], before)).toEqual([{ client: 'payment', target: 'localhost:2' }]);
  expect(bypassReport(file, ['payment'], 0)).toHaveLength(2);
});

it('reports a client that never registered, also when there is no log', () => {
  const unknown = [{ client: 'payment', target: 'unknown: its connections are not redirected' }];
  expect(bypassReport(file, ['payment'], 0)).toEqual(unknown);
  openRedirectLog(file)({ kind: 'registered', client: 'order', pid: 1, atMs: 1 });
  expect(bypassReport(file, ['order', 'payment'], 0)).toEqual(unknown);
});
