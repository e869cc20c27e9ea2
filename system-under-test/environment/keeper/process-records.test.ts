import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { type ProcessRecords, readProcessRecords, writeProcessRecords } from './process-records.ts';

const recordsFile = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'records-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return join(folder, 'processes.json');
};

it('reads what was written', () => {
  const keeper = { pid: 1, startTicks: '2', bootId: 'boot' };
  const records: ProcessRecords = {
    environmentId: 'a1',
    keeper,
    isShared: false,
    processes: [{ ...keeper, name: 'redis' }],
    everStarted: [keeper],
  };
  const file = recordsFile();
  writeProcessRecords(file, records);
  expect(readProcessRecords(file)).toEqual(records);
});

it('takes records that are absent, empty or torn for missing', () => {
  const file = recordsFile();
  expect(readProcessRecords(file)).toBeUndefined();
  for (const text of ['', '{"environmentId":"a1","keeper":{"pi']) {
    writeFileSync(file, text);
    expect(readProcessRecords(file)).toBeUndefined();
  }
});
