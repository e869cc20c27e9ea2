import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { clockFile, writeClock } from './service-clock.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'clock-'));
afterEach(() => rmSync(dataDir, { recursive: true }));

test('an offset is written in seconds, with its sign', () => {
  const written = (offsetMs: number): string => {
    writeClock(dataDir, 'payment', offsetMs);
    return readFileSync(clockFile(dataDir, 'payment'), 'utf8');
  };
  expect([90_000, -60_500, 0].map(written)).toEqual(['+90\n', '-60.5\n', '+0\n']);
});
