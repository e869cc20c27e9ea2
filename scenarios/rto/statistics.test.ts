import fc from 'fast-check';
import { expect, it } from 'vitest';
import { seededRandom } from './seeded-random.ts';
import { distributionOf, estimateDifference, estimateQuantile, quantileOf } from './statistics.ts';

const samplesArbitrary = fc.array(fc.integer({ min: 0, max: 10_000 }), { minLength: 1, maxLength: 12 });

it.each([
  [0.5, 50],
  [0.95, 95],
  [0.951, 96],
  [1, 100],
  [0.001, 1],
])('quantile %d of 1..100 is %d', (quantile, expected) => {
  const samples = Array.from({ length: 100 }, (_, index) => 100 - index);
  expect(quantileOf(samples, quantile)).toBe(expected);
});

it('has no quantile of nothing', () => {
  expect(() => quantileOf([], 0.5)).toThrow('no samples');
});

it('gives an interval around the value, inside what was observed, the same for the same seed', () => {
  fc.assert(
    fc.property(samplesArbitrary, fc.constantFrom(0.5, 0.95), fc.integer({ min: 0 }), (samples, quantile, seed) => {
      const estimate = estimateQuantile(samples, quantile, seededRandom(seed));
      expect(estimate.low).toBeGreaterThanOrEqual(Math.min(...samples));
      expect(estimate.high).toBeLessThanOrEqual(Math.max(...samples));
      expect(samples).toContain(estimate.value);
      expect(estimateQuantile(samples, quantile, seededRandom(seed))).toEqual(estimate);
    }),
    { numRuns: 20 },
  );
});

it('covers the true median about as often as it promises', () => {
  const random = seededRandom(1);
  const repetitions = 40;
  const covered = Array.from({ length: repetitions }, () => {
    const samples = Array.from({ length: 15 }, random);
    const { low, high } = estimateQuantile(samples, 0.5, random);
    return low <= 0.5 && high >= 0.5;
  }).filter(Boolean).length;
  expect(covered / repetitions).toBeGreaterThan(0.85);
});

it('draws evenly', () => {
  const random = seededRandom(7);
  const draws = Array.from({ length: 10_000 }, random);
  expect(draws.every((draw) => draw >= 0 && draw < 1)).toBe(true);
  expect(draws.reduce((a, b) => a + b, 0) / draws.length).toBeCloseTo(0.5, 1);
  expect(new Set(draws).size).toBeGreaterThan(9_990);
});

it('sees a difference that is there, and none where there is none', () => {
  const before = [1000, 1010, 1020, 990, 1005, 1015];
  const faster = estimateDifference(before, [500, 510, 520, 505, 495, 515], 0.5, seededRandom(3));
  expect(faster.value).toBe(-500);
  expect(faster.high).toBeLessThan(0);
  const same = estimateDifference(before, before, 0.5, seededRandom(3));
  expect(same.value).toBe(0);
  expect(same.low).toBeLessThanOrEqual(0);
  expect(same.high).toBeGreaterThanOrEqual(0);
});

it('orders its figures', () => {
  const { count, min, p50, p95, max } = distributionOf([3, 1, 2], seededRandom(1));
  expect([count, min, p50.value, p95.value, max]).toEqual([3, 1, 2, 3, 3]);
});
