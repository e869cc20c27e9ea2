import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { logFrom, logSize } from './log-from.ts';

test('a log is read from where it ended before', () => {
  const folder = mkdtempSync(join(tmpdir(), 'log-'));
  try {
    const path = join(folder, 'a.log');
    expect([logSize(path), logFrom(path, 0)]).toEqual([0, '']);
    writeFileSync(path, 'one\n');
    const end = logSize(path);
    writeFileSync(path, 'two\n', { flag: 'a' });
    expect([logFrom(path, end), logFrom(path, 99)]).toEqual(['two\n', '']);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
