import fc from 'fast-check';

/** How an order of the simulated shop ends, and what its client does beside placing it. */
export const ENDINGS = [
  'completed',
  'over-limit',
  'out-of-stock',
  'too-few-points',
  'declined',
  'cancelled',
  'expired',
] as const;

export interface PlannedOrder {
  readonly ending: (typeof ENDINGS)[number];
  /** Indexes into the products, with quantity; at least one. */
  readonly items: readonly { readonly product: number; readonly quantity: number }[];
  /** Points that the customer pays with, at most the total; none are asked for when 0. */
  readonly redeemPoints: number;
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

export const PAYMENT_ENDINGS = ['completed', 'declined', 'frozen'] as const;

/** A payment saga that a client starts: money from a card into a wallet. */
export interface PlannedPayment {
  readonly ending: (typeof PAYMENT_ENDINGS)[number];
  readonly amountMinor: number;
  /** The client sends no idempotency key. */
  readonly isKeyless: boolean;
  readonly isRepeated: boolean;
  readonly isMisused: boolean;
  readonly isUnheard: boolean;
  readonly isRetried: boolean;
}

export interface ShopPlan {
  readonly orders: readonly PlannedOrder[];
  readonly payments: readonly PlannedPayment[];
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
  // 199 is the whole price of the cheapest order: the card is charged nothing.
  redeemPoints: fc.constantFrom(0, 0, 1, 120, 199),
  isRepeated: fc.boolean(),
  isMisused: fc.boolean(),
  isUnheard: fc.boolean(),
  isRetried: fc.boolean(),
  reads: fc.nat(2),
});

const paymentArbitrary: fc.Arbitrary<PlannedPayment> = fc.record({
  ending: fc.constantFrom(...PAYMENT_ENDINGS),
  amountMinor: fc.integer({ min: 1, max: 100_000 }),
  isKeyless: fc.boolean(),
  isRepeated: fc.boolean(),
  isMisused: fc.boolean(),
  isUnheard: fc.boolean(),
  isRetried: fc.boolean(),
});

/**
 * The first two orders and payments are fixed, one completed and one compensated, so that every claim has something to be
 * about.
 */
export const shopPlanArbitrary: fc.Arbitrary<ShopPlan> = fc.record({
  orders: fc
    .array(orderArbitrary, { maxLength: 6 })
    .map((orders) => [plannedOrder(), plannedOrder({ ending: 'cancelled' }), ...orders]),
  payments: fc
    .array(paymentArbitrary, { maxLength: 3 })
    .map((payments) => [plannedPayment(), plannedPayment({ ending: 'frozen' }), ...payments]),
  products: fc.constant(PRODUCTS),
  users: fc.integer({ min: 1, max: 3 }),
  faults: fc.integer({ min: 1, max: 3 }),
});

/** A completed, acknowledged order of two products, paid by card and points, but for what is given. */
export function plannedOrder(given: Partial<PlannedOrder> = {}): PlannedOrder {
  return {
    ending: 'completed',
    items: [
      { product: 0, quantity: 2 },
      { product: 1, quantity: 1 },
    ],
    redeemPoints: 150,
    isRepeated: false,
    isMisused: false,
    isUnheard: false,
    isRetried: false,
    reads: 1,
    ...given,
  };
}

/** A completed, acknowledged payment, but for what is given. */
export function plannedPayment(given: Partial<PlannedPayment> = {}): PlannedPayment {
  return {
    ending: 'completed',
    amountMinor: 2_999,
    isKeyless: false,
    isRepeated: false,
    isMisused: false,
    isUnheard: false,
    isRetried: false,
    ...given,
  };
}

export const smallPlan = (orders: readonly PlannedOrder[], payments: readonly PlannedPayment[] = []): ShopPlan => ({
  orders,
  payments,
  products: PRODUCTS,
  users: 2,
  faults: 1,
});
