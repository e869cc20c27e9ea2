import { describe, expect, it } from 'vitest';
import type { Attempt } from './attempt.ts';
import { clientMoments } from './moments.ts';
import { rateBetween, throughputBackMs } from './throughput.ts';

const ok = (startMs: number, endMs = startMs + 5): Attempt => ({ startMs, endMs, id: `${startMs}` });
const failed = (startMs: number, endMs = startMs + 5): Attempt => ({ startMs, endMs, error: 'refused' });
const every = (stepMs: number, fromMs: number, untilMs: number, make: (atMs: number) => Attempt): Attempt[] =>
  Array.from({ length: Math.ceil((untilMs - fromMs) / stepMs) }, (_, index) => make(fromMs + index * stepMs));

/** 100/s until 1000, errors until 3000, 50/s until 4000, 100/s until 6000. */
const outage = [
  ...every(10, 0, 1_000, ok),
  ...every(10, 1_000, 3_000, failed),
  ...every(20, 3_000, 4_000, ok),
  ...every(10, 4_000, 6_000, ok),
];

describe('moments of an outage', () => {
  it('are read off the attempts', () => {
    const moments = clientMoments(outage, { faultMs: 998, provenMs: 1_050 }, { baselineRate: 100, nowMs: 6_000 });
    expect(moments.firstErrorMs).toBe(1_005);
    expect(moments.firstAckMs).toBe(3_005);
    // A window that begins here holds 10 slow acknowledgements of 50/s and 80 of 100/s: 90.
    expect(moments.throughputMs).toBe(3_805);
  });

  it('do not take a write that overtook the fault for a recovery', () => {
    const late = [...outage, ok(1_001, 1_100)];
    const moments = clientMoments(late, { faultMs: 998, provenMs: 1_050 }, { baselineRate: 100, nowMs: 6_000 });
    expect(moments.firstAckMs).toBe(3_005);
  });

  it('ignore errors before the fault, and are undefined as long as they have not come', () => {
    const attempts = [failed(100), ...every(10, 200, 1_000, ok)];
    const moments = clientMoments(attempts, { faultMs: 1_000, provenMs: 1_050 }, { baselineRate: 100, nowMs: 2_000 });
    expect(moments).toEqual({ firstErrorMs: undefined, firstAckMs: undefined, throughputMs: undefined });
  });
});

it('counts a rate', () => {
  expect(rateBetween(every(10, 0, 4_000, ok), 1_000, 3_000)).toBe(100);
  expect(rateBetween([], 0, 1_000)).toBe(0);
});

it('wants five writes back where they are rare, as two in a second would come back by chance', () => {
  const ask = { baselineRate: 2, fromMs: 0, nowMs: 20_000 };
  const alternating = Array.from({ length: 8 }, (_, index) => Math.floor(index / 2) * 2_000 + (index % 2) * 500);
  const attempts = alternating.map((endMs) => ok(endMs - 5, endMs));
  expect(throughputBackMs(attempts, ask)).toBeUndefined();
  const back = every(500, 9_000, 12_000, ok);
  expect(throughputBackMs([...attempts, ...back], ask)).toBe(back[0]?.endMs);
});

it('believes a window only when it is over', () => {
  const attempts = every(10, 0, 1_000, ok);
  const ask = { baselineRate: 100, fromMs: 0 };
  expect(throughputBackMs(attempts, { ...ask, nowMs: 1_000 })).toBeUndefined();
  expect(throughputBackMs(attempts, { ...ask, nowMs: 1_005 })).toBe(5);
});
