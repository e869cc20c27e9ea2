import fc from 'fast-check';
import { expect, it } from 'vitest';
import { LatencyHistogram } from './latency-histogram.ts';

it('gives quantiles within 1.2 % of the true value, whatever the latencies', () => {
  const latencies = fc.array(fc.double({ min: 0.002, max: 3_000_000, noNaN: true }), { minLength: 1, maxLength: 200 });
  fc.assert(
    fc.property(latencies, fc.constantFrom(0.5, 0.9, 0.99, 1), (latenciesMs, quantile) => {
      const histogram = new LatencyHistogram();
      for (const latencyMs of latenciesMs) histogram.add(latencyMs);
      const exact = latenciesMs.toSorted((a, b) => a - b)[Math.ceil(quantile * latenciesMs.length) - 1] ?? 0;
      expect(histogram.quantile(quantile)).toBeGreaterThanOrEqual(exact * 0.999);
      expect(histogram.quantile(quantile)).toBeLessThanOrEqual(exact * 1.012);
    }),
  );
});

it('is 0 when nothing was measured', () => {
  expect(new LatencyHistogram().quantile(0.99)).toBe(0);
});
