import { describe, expect, it } from 'vitest';
import type { CommandOrigin } from '#sut/platform/saga/command-origin.ts';
import { decideCharge, decideRefund, decideResult, type PaymentDecision } from './decide-payment.ts';
import type { Payment, PaymentStatus } from './payment.ts';

const DATA = { amount_minor: 2999, currency: 'USD', card: 'card-ok' };

function origin(action: 'charge' | 'refund', attempt = 1): CommandOrigin {
  const command = {
    saga_id: 's-1',
    order_id: 'o-1',
    step: 'payment',
    participant: 'payment' as const,
    action,
    attempt,
  };
  return { command, messageId: `m-${action}-${attempt}`, traceparent: '00-trace' };
}

const pending = decideCharge(undefined, origin('charge'), DATA).payment;
const captured = decideResult(pending, { kind: 'captured', chargeId: 'ch-7' }).payment;
const declined = decideResult(pending, { kind: 'declined', reason: 'card-declined' }).payment;
const reversing = decideRefund(captured, origin('refund'), DATA).payment;
const refunded = decideResult(reversing, { kind: 'refunded' }).payment;
const voided = decideRefund(undefined, origin('refund'), undefined).payment;

const summary = ({ payment, messages }: PaymentDecision) => ({
  status: payment.status,
  messages: messages.map(({ type, payload }) => [type, payload.attempt ?? payload.status]),
});

describe('charge', () => {
  it('is only written down at first: the acquirer has not been asked', () => {
    expect(pending).toEqual({
      id: 'pay-s-1',
      sagaId: 's-1',
      orderId: 'o-1',
      amountMinor: 2999,
      currency: 'USD',
      card: 'card-ok',
      status: 'PENDING',
      awaiting: origin('charge'),
    });
  });

  it.each<[string, Payment, PaymentStatus, string[]]>([
    ['captured', captured, 'CAPTURED', ['payment.charge.done']],
    ['declined', declined, 'DECLINED', ['payment.charge.rejected']],
    ['being reversed', reversing, 'REVERSING', ['payment.charge.rejected']],
    ['refunded', refunded, 'REFUNDED', ['payment.charge.rejected']],
    ['voided', voided, 'VOIDED', ['payment.charge.rejected']],
    ['pending', pending, 'PENDING', []],
  ])('of a %s payment changes nothing and gets its answer', (_, payment, status, replies) => {
    const decision = decideCharge(payment, origin('charge', 2), DATA);
    expect(summary(decision)).toEqual({ status, messages: replies.map((type) => [type, 2]) });
  });

  it('publishes the outcome with the newest attempt, its cause and its trace', () => {
    const retried = decideCharge(pending, origin('charge', 3), DATA).payment;
    const late = decideCharge(retried, origin('charge', 2), DATA).payment;
    const { messages } = decideResult(late, { kind: 'captured', chargeId: 'ch-7' });
    expect(messages.map(({ topic, aggregateId, type }) => [topic, aggregateId, type])).toEqual([
      ['payment.replies', 's-1', 'payment.charge.done'],
      ['payment.events', 'pay-s-1', 'payment.captured'],
    ]);
    for (const message of messages) expect(message).toMatchObject({ causeId: 'm-charge-3', traceparent: '00-trace' });
    expect(messages[0]?.payload).toMatchObject({ attempt: 3, outcome: 'done', step: 'payment' });
    expect(messages[1]?.payload).toMatchObject({ payment_id: 'pay-s-1', amount_minor: 2999, status: 'CAPTURED' });
  });

  it('says why it was declined', () => {
    const { messages } = decideCharge(declined, origin('charge', 2), DATA);
    expect(messages[0]?.payload).toMatchObject({ outcome: 'rejected', reason: 'card-declined' });
  });
});

describe('refund', () => {
  it.each<[string, Payment | undefined, PaymentStatus, [string, unknown][]]>([
    [
      'an unknown payment leaves a tombstone',
      undefined,
      'VOIDED',
      [
        ['payment.refund.done', 1],
        ['payment.voided', 'VOIDED'],
      ],
    ],
    ['a pending payment overtakes the charge', pending, 'REVERSING', []],
    ['a captured payment asks for the money back', captured, 'REVERSING', []],
    ['a payment that is being reversed waits', reversing, 'REVERSING', []],
    ['a declined payment has nothing to undo', declined, 'DECLINED', [['payment.refund.done', 1]]],
    ['a refunded payment answers again', refunded, 'REFUNDED', [['payment.refund.done', 1]]],
    ['a tombstone answers again', voided, 'VOIDED', [['payment.refund.done', 1]]],
  ])('of %s', (_, payment, status, messages) => {
    expect(summary(decideRefund(payment, origin('refund'), DATA))).toEqual({ status, messages });
  });

  it('describes its tombstone as far as the command does', () => {
    expect(voided).toMatchObject({ id: 'pay-s-1', amountMinor: 0, currency: 'XXX', card: '' });
    expect(decideRefund(undefined, origin('refund'), DATA).payment).toMatchObject({
      amountMinor: 2999,
      currency: 'USD',
    });
  });

  it.each([
    ['refunded', 'REFUNDED', 'payment.refunded'],
    ['voided', 'VOIDED', 'payment.voided'],
  ] as const)('ends %s when the acquirer says so', (kind, status, event) => {
    const { payment, messages } = decideResult(reversing, { kind });
    expect(payment).toMatchObject({ status, awaiting: undefined });
    expect(messages.map(({ type }) => type)).toEqual(['payment.refund.done', event]);
  });
});

describe('an answer of the acquirer that nobody waits for', () => {
  it.each<[string, Payment, Parameters<typeof decideResult>[1]]>([
    ['a capture during the reversal', reversing, { kind: 'captured', chargeId: 'ch-7' }],
    ['a decline during the reversal', reversing, { kind: 'declined', reason: 'reversed' }],
    ['a second capture', captured, { kind: 'captured', chargeId: 'ch-7' }],
    ['a second refund', refunded, { kind: 'refunded' }],
    ['a reversal of a pending payment', pending, { kind: 'voided' }],
  ])('changes nothing: %s', (_, payment, result) => {
    expect(decideResult(payment, result)).toEqual({ payment, messages: [] });
  });
});
