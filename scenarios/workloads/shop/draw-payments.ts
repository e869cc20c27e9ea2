import fc, { type Arbitrary } from 'fast-check';
import type { TimedRequest } from '../../model/plan.ts';
import { CUSTOMERS, customerId, FROZEN_CUSTOMER } from './draw-customers.ts';
import type { StartPaymentInput } from './request.ts';

type FollowUp =
  | { readonly kind: 'none' | 'keyless' | 'other-body' }
  | { readonly kind: 'resend' | 'read'; readonly afterMs: number }
  | { readonly kind: 'invalid'; readonly defect: InvalidBody };

const INVALID_BODIES = ['nothing', 'no-user', 'fraction-of-a-cent'] as const;
type InvalidBody = (typeof INVALID_BODIES)[number];

interface PaymentDraw {
  readonly user: number;
  readonly amountMinor: number;
  readonly card: string;
  /** Where in its slot of the arrival grid the payment falls, 0..999. */
  readonly jitterPermille: number;
  readonly followUp: FollowUp;
}

/** Weights are shares of all payments in percent. */
const FOLLOW_UPS: Arbitrary<FollowUp> = fc.oneof(
  { weight: 44, arbitrary: fc.constant<FollowUp>({ kind: 'none' }) },
  { weight: 6, arbitrary: fc.constant<FollowUp>({ kind: 'keyless' }) },
  // A few milliseconds apart: two connections race for one idempotency key.
  { weight: 10, arbitrary: fc.integer({ min: 0, max: 6 }).map((afterMs): FollowUp => ({ kind: 'resend', afterMs })) },
  {
    weight: 10,
    arbitrary: fc.integer({ min: 300, max: 4_000 }).map((afterMs): FollowUp => ({ kind: 'resend', afterMs })),
  },
  { weight: 6, arbitrary: fc.constant<FollowUp>({ kind: 'other-body' }) },
  {
    weight: 18,
    arbitrary: fc.integer({ min: 20, max: 3_000 }).map((afterMs): FollowUp => ({ kind: 'read', afterMs })),
  },
  { weight: 6, arbitrary: fc.constantFrom(...INVALID_BODIES).map((defect): FollowUp => ({ kind: 'invalid', defect })) },
);

const PAYMENT_DRAW: Arbitrary<PaymentDraw> = fc.record({
  // The frozen wallet refuses what a card has paid already: that is where refunds come from.
  user: fc.oneof(
    { weight: 85, arbitrary: fc.integer({ min: 1, max: CUSTOMERS }) },
    { weight: 15, arbitrary: fc.constant(FROZEN_CUSTOMER) },
  ),
  amountMinor: fc.oneof(
    { weight: 9, arbitrary: fc.integer({ min: 100, max: 20_000 }) },
    { weight: 1, arbitrary: fc.constantFrom(1, 820, 1_999, 100_000_000) },
  ),
  card: fc.oneof(
    { weight: 84, arbitrary: fc.constant('card-ok') },
    { weight: 10, arbitrary: fc.constant('card-declined') },
    { weight: 6, arbitrary: fc.constant('card-processor-error') },
  ),
  jitterPermille: fc.integer({ min: 0, max: 999 }),
  followUp: FOLLOW_UPS,
});

function invalidBody(valid: StartPaymentInput, defect: InvalidBody): StartPaymentInput {
  const invalid: StartPaymentInput = {
    ...valid,
    idempotency_key: `${valid.idempotency_key}-invalid`,
    body_id: `${valid.body_id}-invalid`,
    expect: 400,
  };
  switch (defect) {
    case 'nothing':
      return { ...invalid, amount_minor: 0 };
    case 'no-user':
      return { ...invalid, user_id: '' };
    case 'fraction-of-a-cent':
      return { ...invalid, amount_minor: valid.amount_minor + 0.5 };
  }
}

/** The requests that follow from one drawn payment: the payment itself and at most one more. */
function requestsOf(id: string, seed: number, atMs: number, draw: PaymentDraw): readonly TimedRequest[] {
  const { followUp } = draw;
  const body: StartPaymentInput = {
    user_id: customerId(draw.user),
    idempotency_key: followUp.kind === 'keyless' ? '' : `key-${seed}-${id}`,
    body_id: `body-${id}`,
    amount_minor: draw.amountMinor,
    card: draw.card,
  };
  const op = 'start-payment';
  const start: TimedRequest = { id, atMs, op, input: { ...body } };
  switch (followUp.kind) {
    case 'none':
    case 'keyless':
      return [start];
    case 'resend':
      return [start, { id: `${id}-again`, atMs: atMs + followUp.afterMs, op, input: { ...body } }];
    case 'other-body': {
      const input = {
        ...body,
        amount_minor: body.amount_minor - 1 || 2,
        body_id: `${body.body_id}-other`,
        expect: 422,
      };
      // Only after the first was acknowledged: otherwise either body may be the one that the key belongs to.
      return [start, { id: `${id}-other`, atMs, op, after: id, input }];
    }
    case 'read':
      return [start, { id: `${id}-read`, atMs, op: 'get-payment', after: id, afterMs: followUp.afterMs, input: {} }];
    case 'invalid':
      return [start, { id: `${id}-invalid`, atMs, op, input: { ...invalidBody(body, followUp.defect) } }];
  }
}

/**
 * `payments` payments spread evenly with jitter over `withinMs`, with what their users do next; sorted by time. Ids start
 * with `prefix`.
 */
export function drawPayments(options: {
  readonly prefix: string;
  readonly seed: number;
  readonly payments: number;
  readonly withinMs: number;
}): Arbitrary<readonly TimedRequest[]> {
  const { prefix, seed, payments, withinMs } = options;
  const slotMs = withinMs / payments;
  return fc.array(PAYMENT_DRAW, { minLength: payments, maxLength: payments }).map((draws) =>
    draws
      .flatMap((draw, index) => {
        const atMs = Math.floor((index + draw.jitterPermille / 1_000) * slotMs);
        return requestsOf(`${prefix}-${String(index + 1).padStart(3, '0')}`, seed, atMs, draw);
      })
      .sort((a, b) => a.atMs - b.atMs || (a.id < b.id ? -1 : 1)),
  );
}
