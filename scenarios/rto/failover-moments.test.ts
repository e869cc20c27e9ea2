import { expect, it } from 'vitest';
import type { Attempt } from './attempt.ts';
import { failoverMoments } from './failover-moments.ts';

const ok = (startMs: number, endMs = startMs + 5): Attempt => ({ startMs, endMs, id: `${startMs}` });
const failed = (startMs: number, endMs = startMs + 5): Attempt => ({ startMs, endMs, error: 'refused' });
const every = (stepMs: number, fromMs: number, untilMs: number, make: (atMs: number) => Attempt): Attempt[] =>
  Array.from({ length: Math.ceil((untilMs - fromMs) / stepMs) }, (_, index) => make(fromMs + index * stepMs));

const fault = { faultMs: 998, provenMs: 2_900 };
const outage = [
  ...every(10, 0, 1_000, ok),
  ...every(10, 1_000, 3_000, failed),
  ...every(20, 3_000, 4_000, ok),
  ...every(10, 4_000, 6_000, ok),
];
const seen = { baselineRate: 100, nowMs: 6_000 };

it('takes the write that ends the longest silence for the first, and the rate from there on', () => {
  const moments = failoverMoments(outage, fault, seen);
  expect(moments).toEqual({ firstErrorMs: 1_005, firstAckMs: 3_005, throughputMs: 3_805, silenceMs: 2_007 });
});

it('is not misled by a write that overtook the fault, nor by one that was held until somebody took it', () => {
  const overtaking = [...outage, ok(1_001, 1_100)];
  expect(failoverMoments(overtaking, fault, seen)).toMatchObject({ firstAckMs: 3_005, silenceMs: 1_905 });
  const held = [...outage, ok(999, 2_700)];
  expect(failoverMoments(held, fault, seen).firstAckMs).toBe(2_700);
});

it('counts an outage that begins a while after the order to hand over', () => {
  const late = { faultMs: 500, provenMs: 2_900 };
  expect(failoverMoments(outage, late, seen).firstAckMs).toBe(3_005);
});

it('leaves a later disturbance to the throughput', () => {
  const again = [...outage.filter(({ startMs }) => startMs < 3_200 || startMs > 5_400), ...every(10, 6_000, 8_000, ok)];
  expect(failoverMoments(again, fault, { ...seen, nowMs: 8_000 })).toMatchObject({
    firstAckMs: 3_005,
    silenceMs: 2_007,
  });
});

it('says nothing of a silence that is not over', () => {
  const early = [...outage.filter(({ startMs }) => startMs < 3_000), ok(1_001, 1_100)];
  const moments = failoverMoments(early, fault, { ...seen, nowMs: 2_990 });
  expect(moments).toEqual({
    firstErrorMs: 1_005,
    firstAckMs: undefined,
    throughputMs: undefined,
    silenceMs: undefined,
  });
});

it('forgets an error that came after writes succeeded again', () => {
  const slow = [...every(10, 0, 1_000, ok), failed(1_000, 4_900), ...every(10, 3_000, 6_000, ok)];
  expect(failoverMoments(slow, fault, seen).firstErrorMs).toBeUndefined();
});
