import fc from 'fast-check';

/** How an order of the simulated shop ends, and what its client does beside placing it. */
export const ENDINGS = ['completed', 'declined', 'out-of-stock', 'cancelled'] as const;

export interface PlannedOrder {
  readonly ending: (typeof ENDINGS)[number];
  /** Indexes into the products, with quantity; at least one. */
  readonly items: readonly { readonly product: number; readonly quantity: number }[];
  /** The client sends the same request again. */
  readonly isRepeated: boolean;
  /** The client reuses the key with another body and is refused. */
  readonly isMisused: boolean;
  /** The client never hears that the order was made. */
  readonly isUnheard: boolean;
  /** The participant's answer comes late: the command is sent again under a new message id. */
  readonly isRetried: boolean;
  readonly reads: number;
}

export interface ShopPlan {
  readonly orders: readonly PlannedOrder[];
  readonly products: number;
  readonly users: number;
  /** Number of faults during the run. */
  readonly faults: number;
}

const PRODUCTS = 5;

const orderArbitrary: fc.Arbitrary<PlannedOrder> = fc.record({
  ending: fc.constantFrom(...ENDINGS),
  items: fc.uniqueArray(fc.record({ product: fc.nat(PRODUCTS - 1), quantity: fc.integer({ min: 1, max: 4 }) }), {
    minLength: 1,
    maxLength: 3,
    selector: (item) => item.product,
  }),
  isRepeated: fc.boolean(),
  isMisused: fc.boolean(),
  isUnheard: fc.boolean(),
  isRetried: fc.boolean(),
  reads: fc.nat(2),
});

/** The first two orders are fixed, one completed and one compensated, so that every claim has something to be about. */
export const shopPlanArbitrary: fc.Arbitrary<ShopPlan> = fc.record({
  orders: fc
    .array(orderArbitrary, { maxLength: 6 })
    .map((orders) => [plannedOrder(), plannedOrder({ ending: 'cancelled' }), ...orders]),
  products: fc.constant(PRODUCTS),
  users: fc.integer({ min: 1, max: 3 }),
  faults: fc.integer({ min: 1, max: 3 }),
});

/** A completed, acknowledged order of two products, but for what is given. */
export function plannedOrder(given: Partial<PlannedOrder> = {}): PlannedOrder {
  return {
    ending: 'completed',
    items: [
      { product: 0, quantity: 2 },
      { product: 1, quantity: 1 },
    ],
    isRepeated: false,
    isMisused: false,
    isUnheard: false,
    isRetried: false,
    reads: 1,
    ...given,
  };
}

export const smallPlan = (orders: readonly PlannedOrder[]): ShopPlan => ({
  orders,
  products: PRODUCTS,
  users: 2,
  faults: 1,
});
