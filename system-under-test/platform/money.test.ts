import fc from 'fast-check';
import { expect, it } from 'vitest';
import { putUserSchema } from '#sut/contract/api.ts';
import { toDecimal, toMinorUnits } from './money.ts';

it('turns every amount that the API accepts into cents and back without a loss', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 100_000_000_000 }), (minor) => {
      const amount = Number(`${Math.trunc(minor / 100)}.${String(minor % 100).padStart(2, '0')}`);
      expect(putUserSchema.safeParse({ name: 'u', spending_limit: amount }).success).toBe(true);
      expect(toMinorUnits(amount)).toBe(minor);
      expect(toDecimal(minor)).toBe(amount);
    }),
    { numRuns: 2_000 },
  );
});

it('reads whatever the API lets pass', () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1_000_000_000, noNaN: true }), fc.nat(3), (amount, ulps) => {
      const near = Math.round(amount * 100) / 100 + ulps * Number.EPSILON;
      for (const candidate of [amount, near]) {
        if (putUserSchema.safeParse({ name: 'u', spending_limit: candidate }).success) toMinorUnits(candidate);
      }
    }),
    { numRuns: 2_000 },
  );
});

it('takes a sum of decimals for the cents that it stands for', () => {
  expect(toMinorUnits(0.1 + 0.2)).toBe(30);
  expect(toMinorUnits(19.99)).toBe(1_999);
});

it('refuses fractions of a cent', () => {
  expect(() => toMinorUnits(0.001)).toThrow(RangeError);
  expect(() => toMinorUnits(29.999)).toThrow(RangeError);
});
