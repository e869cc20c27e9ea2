import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { decodeHistory } from '#invariants/history/ndjson-codec.ts';
import { HistoryWriteFailed, Recorder } from './recorder.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'recorder-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

const probe = { type: 'observation', kind: 'probe', values: { text: 'Größe' } } as const;

test('what record returned is in the file at once, in order, with a clock that never goes back', () => {
  const path = join(dir, 'history.ndjson');
  const times = [1, 5, 3, 7.12345];
  using recorder = new Recorder({ path, now: () => times.shift() ?? 0 });
  const recorded = [probe, probe, probe, probe].map((event) => {
    const stamped = recorder.record(event);
    expect(decodeHistory(readFileSync(path, 'utf8')).events.at(-1)).toEqual(stamped);
    return stamped;
  });
  expect(recorded.map(({ index }) => index)).toEqual([0, 1, 2, 3]);
  expect(recorded.map(({ timeMs }) => timeMs)).toEqual([1, 5, 5, 7.123]);
});

test('tells its listener of every event', () => {
  const seen: number[] = [];
  using recorder = new Recorder({ path: join(dir, 'h'), now: () => 0, onEvent: ({ index }) => seen.push(index) });
  recorder.record(probe);
  recorder.record(probe);
  expect(seen).toEqual([0, 1]);
});

test('a full disk is a clear error, told once, and stays one', () => {
  const failures: HistoryWriteFailed[] = [];
  using recorder = new Recorder({ path: '/dev/full', now: () => 0, onFailure: (error) => failures.push(error) });
  expect(() => recorder.record(probe)).toThrow(/no space left.*\/dev\/full/);
  expect(() => recorder.record(probe)).toThrow(HistoryWriteFailed);
  expect(failures).toHaveLength(1);
});

test('a listener is never thrown at, and the run is told all the same', () => {
  const failures: HistoryWriteFailed[] = [];
  const recorder = new Recorder({ path: '/dev/full', now: () => 0, onFailure: (error) => failures.push(error) });
  recorder.recordIfPossible(probe);
  recorder.recordIfPossible(probe);
  recorder[Symbol.dispose]();
  recorder.recordIfPossible(probe);
  expect(failures).toHaveLength(1);
});

test('does not write into the history of another run', () => {
  const path = join(dir, 'h');
  {
    using recorder = new Recorder({ path, now: () => 0 });
    recorder.record(probe);
  }
  expect(() => new Recorder({ path, now: () => 0 })).toThrow(HistoryWriteFailed);
});
