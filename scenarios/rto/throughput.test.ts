import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Attempt } from './attempt.ts';
import { throughputBackMs } from './throughput.ts';

const acknowledged = (endMs: number): Attempt => ({ startMs: 0, endMs, id: 'order' });

/** As it is defined: the writes of each window are counted. */
function definition(
  endsMs: readonly number[],
  { baselineRate, fromMs, nowMs }: { readonly baselineRate: number; readonly fromMs: number; readonly nowMs: number },
): number | undefined {
  const windowMs = Math.max(1_000, 5_000 / baselineRate);
  const isBack = (startMs: number): boolean => {
    const count = endsMs.filter((endMs) => endMs >= startMs && endMs < startMs + windowMs).length;
    return startMs >= fromMs && startMs + windowMs <= nowMs && count >= (0.9 * baselineRate * windowMs) / 1_000;
  };
  return endsMs.toSorted((a, b) => a - b).find(isBack);
}

it('is back when the definition says so', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 4_000 }), { maxLength: 80 }),
      fc.record({
        baselineRate: fc.oneof(fc.integer({ min: 1, max: 30 }), fc.double({ min: 0.5, max: 30, noNaN: true })),
        fromMs: fc.integer({ min: 0, max: 2_000 }),
        nowMs: fc.oneof(fc.integer({ min: 0, max: 8_000 }), fc.constant(Number.POSITIVE_INFINITY)),
      }),
      (endsMs, ask) => {
        expect(throughputBackMs(endsMs.map(acknowledged), ask)).toBe(definition(endsMs, ask));
      },
    ),
    { numRuns: 2_000 },
  );
});

it('does not hold up the client that it looks at', { timeout: 2_000 }, () => {
  const attempts = Array.from({ length: 100_000 }, (_, index) => acknowledged(index));
  expect(throughputBackMs(attempts, { baselineRate: 1_200, fromMs: 0, nowMs: 1_000_000 })).toBeUndefined();
});
