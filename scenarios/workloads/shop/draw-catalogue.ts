import fc, { type Arbitrary } from 'fast-check';
import type { PlannedProduct } from '../../model/plan.ts';

/** Prices with cents that binary floating point cannot hold, and a free product. */
const PRICES_MINOR = [1999, 820, 4950, 110, 2999, 7, 129900, 333, 0, 5005] as const;
/** How many of them, from the first on, run out. */
const SCARCE_PRODUCTS = 3;

/**
 * The products of a run: the first ones are scarce (they run out at a fraction of the demand, so that reservations
 * contend and are refused), the others never run out.
 */
export function drawCatalogue(orders: number): Arbitrary<readonly PlannedProduct[]> {
  const scarceStock = fc.integer({ min: Math.ceil(orders * 0.06) + 1, max: Math.ceil(orders * 0.14) + 2 });
  return fc
    .tuple(...PRICES_MINOR.map((_, index) => (index < SCARCE_PRODUCTS ? scarceStock : fc.constant(orders * 50))))
    .map((stocks) =>
      stocks.map((stock, index) => ({ id: `product-${index + 1}`, priceMinor: PRICES_MINOR[index] ?? 0, stock })),
    );
}
