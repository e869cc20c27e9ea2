import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createOrderSchema } from '#sut/contract/api.ts';
import { toDecimal, toMinorUnits } from './money.ts';

it('turns every price that the API accepts into cents and back without a loss', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 100_000_000 }), (minor) => {
      const price = Number(`${(BigInt(minor) / 100n).toString()}.${String(minor % 100).padStart(2, '0')}`);
      const order = { user_id: 'u', items: [{ product_id: 'p', quantity: 1, price }] };
      expect(createOrderSchema.safeParse(order).success).toBe(true);
      expect(toMinorUnits(price)).toBe(minor);
      expect(toDecimal(minor)).toBe(price);
    }),
    { numRuns: 2_000 },
  );
});

it('refuses fractions of a cent', () => {
  expect(() => toMinorUnits(0.001)).toThrow(RangeError);
  expect(() => toMinorUnits(29.999)).toThrow(RangeError);
});
