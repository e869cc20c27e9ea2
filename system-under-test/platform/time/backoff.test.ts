import fc from 'fast-check';
import { expect, it } from 'vitest';
import { backoffMs } from './backoff.ts';

const range = { minMs: 100, maxMs: 2_000 };

it('doubles up to the cap', () => {
  const longest = [1, 2, 3, 4, 5, 6, 7].map((attempt) => backoffMs(attempt, range, () => 1));
  expect(longest).toEqual([100, 200, 400, 800, 1_600, 2_000, 2_000]);
});

it('never leaves the upper half of its step, at any attempt', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 10_000 }),
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      (attempt, random) => {
        const waitMs = backoffMs(attempt, range, () => random);
        expect(waitMs).toBeGreaterThanOrEqual(50);
        expect(waitMs).toBeLessThanOrEqual(2_000);
      },
    ),
  );
});
