import { expect, it } from 'vitest';
import type { Attempt } from './attempt.ts';
import { takeoverMoments } from './takeover-moments.ts';

const TIMEOUT_MS = 2_000;
/** 10/s; of two instances the second dies at 1000, and its half of the writes waits until 7000 or is given up. */
const attempts: readonly Attempt[] = Array.from({ length: 200 }, (_, index) => {
  const startMs = index * 100;
  const isHeld = index % 2 === 1 && startMs >= 1_000 && startMs < 7_000;
  if (!isHeld) return { startMs, endMs: startMs + 50, id: `${index}` };
  return startMs + TIMEOUT_MS <= 7_000
    ? { startMs, endMs: startMs + TIMEOUT_MS, error: 'timeout' }
    : { startMs, endMs: 7_050, id: `${index}` };
});
const fault = { faultMs: 1_000, healMs: 16_000 };
const before = { baselineRate: 10, nowMs: 19_000 };

it('is over when the last write has failed, whatever the other instance acknowledged meanwhile', () => {
  expect(takeoverMoments(attempts, fault, before)).toEqual({
    firstErrorMs: 3_100,
    firstAckMs: 7_050,
    throughputMs: 7_050,
  });
});

it('does not take it for an outage that the instance comes back', () => {
  const again: Attempt = { startMs: 16_100, endMs: 18_100, error: 'timeout' };
  expect(takeoverMoments([...attempts, again], fault, before).firstAckMs).toBe(7_050);
});

it('knows of no takeover when no write failed', () => {
  const all = attempts.map(({ startMs }): Attempt => ({ startMs, endMs: startMs + 50, id: `${startMs}` }));
  expect(takeoverMoments(all, fault, before)).toEqual({
    firstErrorMs: undefined,
    firstAckMs: undefined,
    throughputMs: undefined,
  });
});
