import fc, { type Arbitrary } from 'fast-check';
import type { SagaPoint } from '../../model/fault-schedule.ts';
import type { PlannedProduct, TimedRequest } from '../../model/plan.ts';
import { CUSTOMERS, customerId } from './draw-customers.ts';
import type { PlaceOrderInput } from './request.ts';

interface OrderDraw {
  readonly user: number;
  readonly picks: readonly { readonly product: number; readonly quantity: number }[];
  readonly card: string;
  /** Points that the customer would like to pay with; no more than the total are asked for. */
  readonly redeemPoints: number;
  /** Where in its slot of the arrival grid the order falls, 0..999. */
  readonly jitterPermille: number;
  readonly followUp: FollowUp;
}

type FollowUp =
  | { readonly kind: 'none' }
  | { readonly kind: 'resend'; readonly afterMs: number }
  | { readonly kind: 'other-body'; readonly afterMs: number }
  | { readonly kind: 'cancel'; readonly afterMs: number; readonly when?: SagaPoint }
  | { readonly kind: 'read'; readonly afterMs: number }
  | { readonly kind: 'invalid'; readonly defect: InvalidBody };

const INVALID_BODIES = ['no-items', 'zero-quantity', 'no-user', 'fraction-of-a-cent', 'too-many-points'] as const;
type InvalidBody = (typeof INVALID_BODIES)[number];

/**
 * Where in its saga an order is called off. A cancellation is on its way for some tens of milliseconds, so it is sent a
 * little before what it shall meet: the charge in flight, the charge that has to be given back, the pivot.
 */
const CANCEL_MOMENTS: readonly SagaPoint[] = [
  { participant: 'inventory', action: 'reserve', point: 'command-sent' },
  { participant: 'payment', action: 'charge', point: 'command-sent' },
  { participant: 'payment', action: 'charge', point: 'command-consumed' },
  { participant: 'payment', action: 'charge', point: 'effect-committed' },
  { participant: 'inventory', action: 'confirm', point: 'command-sent' },
];

/** Weights are shares of all orders in percent. */
const FOLLOW_UPS = fc.oneof(
  { weight: 49, arbitrary: fc.constant<FollowUp>({ kind: 'none' }) },
  // A few milliseconds apart: two connections race for one idempotency key.
  { weight: 7, arbitrary: fc.integer({ min: 0, max: 6 }).map((afterMs): FollowUp => ({ kind: 'resend', afterMs })) },
  {
    weight: 7,
    arbitrary: fc.integer({ min: 300, max: 4_000 }).map((afterMs): FollowUp => ({ kind: 'resend', afterMs })),
  },
  {
    weight: 4,
    arbitrary: fc.integer({ min: 0, max: 1_500 }).map((afterMs): FollowUp => ({ kind: 'other-body', afterMs })),
  },
  { weight: 4, arbitrary: fc.integer({ min: 0, max: 400 }).map((afterMs): FollowUp => ({ kind: 'cancel', afterMs })) },
  {
    weight: 10,
    arbitrary: fc.record({
      kind: fc.constant('cancel'),
      afterMs: fc.integer({ min: 0, max: 40 }),
      when: fc.constantFrom(...CANCEL_MOMENTS),
    }),
  },
  {
    weight: 15,
    arbitrary: fc.integer({ min: 50, max: 3_000 }).map((afterMs): FollowUp => ({ kind: 'read', afterMs })),
  },
  { weight: 4, arbitrary: fc.constantFrom(...INVALID_BODIES).map((defect): FollowUp => ({ kind: 'invalid', defect })) },
);

const CARD_DRAW = fc.oneof(
  { weight: 88, arbitrary: fc.constant('card-ok') },
  { weight: 7, arbitrary: fc.constant('card-declined') },
  { weight: 5, arbitrary: fc.constant('card-processor-error') },
);

/** More than some wallets hold, so that redeeming is refused too. */
const REDEEM_DRAW = fc.oneof(
  { weight: 70, arbitrary: fc.constant(0) },
  { weight: 30, arbitrary: fc.integer({ min: 1, max: 4_000 }) },
);

/** Index of a product. Most picks are ample ones, so that most orders can be confirmed though the scarce ones run out. */
function drawProduct(products: readonly PlannedProduct[]): Arbitrary<number> {
  const most = Math.max(...products.map(({ stock }) => stock));
  const indexes = [...products.keys()];
  const scarce = indexes.filter((index) => (products[index]?.stock ?? 0) < most);
  const ample = fc.constantFrom(...indexes.filter((index) => !scarce.includes(index)));
  if (scarce.length === 0) return ample;
  return fc.oneof({ weight: 6, arbitrary: ample }, { weight: 1, arbitrary: fc.constantFrom(...scarce) });
}

function drawOrder(products: readonly PlannedProduct[]): Arbitrary<OrderDraw> {
  const pick = fc.record({ product: drawProduct(products), quantity: fc.integer({ min: 1, max: 3 }) });
  return fc.record({
    user: fc.integer({ min: 1, max: CUSTOMERS }),
    picks: fc.uniqueArray(pick, { minLength: 1, maxLength: 4, selector: ({ product }) => product }),
    card: CARD_DRAW,
    redeemPoints: REDEEM_DRAW,
    jitterPermille: fc.integer({ min: 0, max: 999 }),
    followUp: FOLLOW_UPS,
  });
}

interface Placement {
  readonly id: string;
  readonly seed: number;
  readonly atMs: number;
  readonly draw: OrderDraw;
  readonly products: readonly PlannedProduct[];
}

function bodyOf({ id, seed, draw, products }: Placement): PlaceOrderInput {
  const items = draw.picks.flatMap(({ product, quantity }) => {
    const chosen = products[product];
    return chosen === undefined ? [] : [{ product_id: chosen.id, quantity, price_minor: chosen.priceMinor }];
  });
  return {
    user_id: customerId(draw.user),
    idempotency_key: `key-${seed}-${id}`,
    body_id: `body-${id}`,
    card: draw.card,
    items,
    redeem_points: Math.min(draw.redeemPoints, totalOf(items)),
  };
}

const totalOf = (items: PlaceOrderInput['items']): number =>
  items.reduce((sum, { quantity, price_minor: price }) => sum + quantity * price, 0);

function invalidBody(valid: PlaceOrderInput, defect: InvalidBody): PlaceOrderInput {
  const invalid: PlaceOrderInput = {
    ...valid,
    idempotency_key: `${valid.idempotency_key}-invalid`,
    body_id: `${valid.body_id}-invalid`,
    expect: 400,
  };
  switch (defect) {
    case 'no-items':
      return { ...invalid, items: [] };
    case 'zero-quantity':
      return { ...invalid, items: valid.items.map((item) => ({ ...item, quantity: 0 })) };
    case 'no-user':
      return { ...invalid, user_id: '' };
    case 'fraction-of-a-cent':
      return { ...invalid, items: valid.items.map((item) => ({ ...item, price_minor: item.price_minor + 0.5 })) };
    case 'too-many-points':
      return { ...invalid, redeem_points: totalOf(valid.items) + 1 };
  }
}

/** The requests that follow from one drawn order: the order itself and at most one more. */
function requestsOf(placement: Placement): readonly TimedRequest[] {
  const { id, atMs, draw } = placement;
  const body = bodyOf(placement);
  const place: TimedRequest = { id, atMs, op: 'place-order', input: { ...body } };
  const { followUp } = draw;
  switch (followUp.kind) {
    case 'none':
      return [place];
    case 'resend':
      return [place, { id: `${id}-again`, atMs: atMs + followUp.afterMs, op: 'place-order', input: { ...body } }];
    case 'other-body': {
      const items = body.items.map((item) => ({ ...item, quantity: item.quantity + 1 }));
      const input: PlaceOrderInput = { ...body, items, body_id: `${body.body_id}-other`, expect: 422 };
      // Only after the first was acknowledged: otherwise either body may be the one that the key belongs to.
      return [
        place,
        { id: `${id}-other`, atMs, op: 'place-order', after: id, afterMs: followUp.afterMs, input: { ...input } },
      ];
    }
    case 'cancel':
      return [
        place,
        {
          ...{ id: `${id}-cancel`, atMs, op: 'cancel-order', after: id, afterMs: followUp.afterMs },
          ...(followUp.when === undefined ? {} : { when: followUp.when }),
          input: {},
        },
      ];
    case 'read':
      return [place, { id: `${id}-read`, atMs, op: 'get-order', after: id, afterMs: followUp.afterMs, input: {} }];
    case 'invalid':
      return [
        place,
        { id: `${id}-invalid`, atMs, op: 'place-order', input: { ...invalidBody(body, followUp.defect) } },
      ];
  }
}

/**
 * `orders` orders spread evenly with jitter over `withinMs`, with what their users do next; sorted by time. Ids start
 * with `prefix`.
 */
export function drawOrders(options: {
  readonly prefix: string;
  readonly seed: number;
  readonly orders: number;
  readonly withinMs: number;
  readonly products: readonly PlannedProduct[];
}): Arbitrary<readonly TimedRequest[]> {
  const { prefix, seed, orders, withinMs, products } = options;
  const slotMs = withinMs / orders;
  return fc.array(drawOrder(products), { minLength: orders, maxLength: orders }).map((draws) =>
    draws
      .flatMap((draw, index) =>
        requestsOf({
          id: `${prefix}-${String(index + 1).padStart(3, '0')}`,
          seed,
          atMs: Math.floor((index + draw.jitterPermille / 1_000) * slotMs),
          draw,
          products,
        }),
      )
      .sort((a, b) => a.atMs - b.atMs || (a.id < b.id ? -1 : 1)),
  );
}
