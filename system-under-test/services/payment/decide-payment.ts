import type { ChargeData } from '#sut/contract/command-data.ts';
import { eventsTopic } from '#sut/contract/topics.ts';
import { type CommandOrigin, causedBy, newerOrigin } from '#sut/platform/saga/command-origin.ts';
import { type ReplyContent, replyTo } from '#sut/platform/saga/reply-to.ts';
import type { OutgoingMessage } from '#sut/platform/store.ts';
import { type Payment, type PaymentStatus, paymentIdOf } from './payment.ts';

/** What the acquirer said for certain. Silence and server errors are no input: they leave the payment as it is. */
export type AcquirerResult =
  | { readonly kind: 'captured'; readonly chargeId: string }
  | { readonly kind: 'declined'; readonly reason: string }
  | { readonly kind: 'refunded' }
  | { readonly kind: 'voided' };

/** The payment as it must be stored, and what must be published in the same transaction. */
export interface PaymentDecision {
  readonly payment: Payment;
  readonly messages: readonly OutgoingMessage[];
}

/** ISO 4217 for "no currency", of a tombstone whose refund did not say what it is for. */
const NO_CURRENCY = 'XXX';

/** The saga asks for money. */
export function decideCharge(payment: Payment | undefined, origin: CommandOrigin, data: ChargeData): PaymentDecision {
  if (payment === undefined) return { payment: newPayment(origin, data), messages: [] };
  switch (payment.status) {
    case 'PENDING':
      return { payment: { ...payment, awaiting: newerOrigin(payment.awaiting, origin) }, messages: [] };
    case 'CAPTURED':
      return answer(payment, origin, { outcome: 'done' });
    case 'DECLINED':
      return answer(payment, origin, rejection(payment.reason));
    case 'REVERSING':
    case 'REFUNDED':
    case 'VOIDED':
      return answer(payment, origin, rejection('reversed'));
  }
}

/**
 * The saga takes its charge back, whatever became of it: not yet known here, under way, captured or declined. `data`
 * only describes the tombstone of a payment that is not known.
 */
export function decideRefund(
  payment: Payment | undefined,
  origin: CommandOrigin,
  data: ChargeData | undefined,
): PaymentDecision {
  if (payment === undefined) {
    const tombstone: Payment = { ...newPayment(origin, data), status: 'VOIDED', awaiting: undefined };
    return conclude(tombstone, origin, 'payment.voided', { outcome: 'done' });
  }
  switch (payment.status) {
    case 'PENDING':
    case 'CAPTURED':
    case 'REVERSING': {
      const awaiting = payment.status === 'REVERSING' ? newerOrigin(payment.awaiting, origin) : origin;
      return { payment: { ...payment, status: 'REVERSING', awaiting }, messages: [] };
    }
    case 'DECLINED':
    case 'REFUNDED':
    case 'VOIDED':
      return answer(payment, origin, { outcome: 'done' });
  }
}

/**
 * The acquirer answered. A charge's answer counts only while the payment is `PENDING`: when a refund came in between,
 * the reversal that is on its way decides, and the acquirer gives back whatever the charge took.
 */
export function decideResult(payment: Payment, result: AcquirerResult): PaymentDecision {
  const { awaiting } = payment;
  const isExpected = payment.status === expectedStatus(result);
  if (!isExpected || awaiting === undefined) return { payment, messages: [] };
  const settled = { ...payment, awaiting: undefined };
  switch (result.kind) {
    case 'captured': {
      const captured: Payment = { ...settled, status: 'CAPTURED', chargeId: result.chargeId };
      return conclude(captured, awaiting, 'payment.captured', { outcome: 'done' });
    }
    case 'declined': {
      const declined: Payment = { ...settled, status: 'DECLINED', reason: result.reason };
      return conclude(declined, awaiting, 'payment.declined', rejection(result.reason));
    }
    case 'refunded':
      return conclude({ ...settled, status: 'REFUNDED' }, awaiting, 'payment.refunded', { outcome: 'done' });
    case 'voided':
      return conclude({ ...settled, status: 'VOIDED' }, awaiting, 'payment.voided', { outcome: 'done' });
  }
}

const expectedStatus = ({ kind }: AcquirerResult): PaymentStatus =>
  kind === 'captured' || kind === 'declined' ? 'PENDING' : 'REVERSING';

const rejection = (reason = 'declined'): ReplyContent => ({ outcome: 'rejected', reason });

function newPayment(origin: CommandOrigin, data: ChargeData | undefined): Payment {
  return {
    id: paymentIdOf(origin.command.saga_id),
    sagaId: origin.command.saga_id,
    orderId: origin.command.order_id,
    amountMinor: data?.amount_minor ?? 0,
    currency: data?.currency ?? NO_CURRENCY,
    card: data?.card ?? '',
    status: 'PENDING',
    awaiting: origin,
  };
}

/** Answers the same again; the payment itself does not move. */
function answer(payment: Payment, origin: CommandOrigin, content: ReplyContent): PaymentDecision {
  return { payment, messages: [reply(payment, origin, content)] };
}

/** The payment reached a state that others want to know of: answer the command and publish the fact. */
function conclude(payment: Payment, origin: CommandOrigin, eventType: string, content: ReplyContent): PaymentDecision {
  const event: OutgoingMessage = {
    topic: eventsTopic('payment'),
    aggregateId: payment.id,
    type: eventType,
    payload: {
      payment_id: payment.id,
      saga_id: payment.sagaId,
      order_id: payment.orderId,
      amount_minor: payment.amountMinor,
      currency: payment.currency,
      status: payment.status,
      ...(payment.reason === undefined ? {} : { reason: payment.reason }),
    },
    sagaId: payment.sagaId,
    orderId: payment.orderId,
    ...causedBy(origin),
  };
  return { payment, messages: [reply(payment, origin, content), event] };
}

function reply(payment: Payment, origin: CommandOrigin, content: ReplyContent): OutgoingMessage {
  const data = { payment_id: payment.id, status: payment.status };
  return replyTo(origin.command, { ...content, data }, causedBy(origin));
}
