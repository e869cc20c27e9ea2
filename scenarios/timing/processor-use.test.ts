import { expect, test } from 'vitest';
import { busyShare, processorTimes } from './processor-use.ts';

const at = (idleMs: number, totalMs: number) => ({ idleMs, totalMs });

test.each([
  ['idle', at(0, 0), at(2_000, 2_000), 0],
  ['one of two cores', at(500, 1_000), at(1_500, 3_000), 0.5],
  ['everything', at(500, 1_000), at(500, 3_000), 1],
  ['a clock that went back', at(500, 1_000), at(400, 3_000), 1],
])('tells the share that was used: %s', (_name, from, to, share) => {
  expect(busyShare(from, to)).toBe(share);
});

test('tells nothing of a moment', () => {
  expect(busyShare(at(0, 0), at(1, 990))).toBeUndefined();
});

test('sees this machine at work', () => {
  const from = processorTimes();
  let share: number | undefined;
  const untilMs = performance.now() + 5_000;
  while (share === undefined && performance.now() < untilMs) share = busyShare(from, processorTimes());
  expect(share).toBeGreaterThan(0);
});
