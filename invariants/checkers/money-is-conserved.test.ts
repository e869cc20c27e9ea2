import { describe, expect, it } from 'vitest';
import type { AcquirerEntry, OrderRow, PaymentRow } from '../model/harvest.ts';
import { describeInvariant, remove, verdictOf } from '../testing/conformance.ts';
import { harvestOf } from '../testing/empty-harvest.ts';
import { HistoryBuilder } from '../testing/history-builder.ts';
import { moneyIsConserved } from './money-is-conserved.ts';

const order = (status: OrderRow['status'], totalMinor = 1999): OrderRow => ({
  id: 'o1',
  userId: 'u1',
  sagaId: 's1',
  status,
  totalMinor,
  redeemPoints: 0,
  currency: 'USD',
  items: [{ productId: 'p1', quantity: 1, priceMinor: 1999 }],
});

const payment = (status: PaymentRow['status'], amountMinor = 1999): PaymentRow => ({
  id: 'p1',
  orderId: 'o1',
  amountMinor,
  status,
});
const line = (kind: AcquirerEntry['kind'], amountMinor = 1999, orderId = 'o1'): AcquirerEntry => ({
  seq: 1,
  kind,
  orderId,
  idempotencyKey: 'k',
  amountMinor,
});

const judge = (row: OrderRow, payments: readonly PaymentRow[], acquirer: readonly AcquirerEntry[]) =>
  verdictOf(moneyIsConserved, new HistoryBuilder().build(), harvestOf({ orders: [row], payments, acquirer }));

describe('money-is-conserved', () => {
  it.each([
    ['paid', order('CONFIRMED'), [payment('CAPTURED')], [line('capture')]],
    ['refunded', order('CANCELLED'), [payment('REFUNDED')], [line('capture'), line('refund')]],
    ['under way', order('PENDING'), [payment('PENDING')], [line('capture')]],
    ['tried twice', order('CONFIRMED'), [payment('DECLINED'), payment('CAPTURED')], [line('decline'), line('capture')]],
  ])('holds for an order that is %s', (_name, row, payments, acquirer) => {
    expect(judge(row, payments, acquirer).outcome).toBe('holds');
  });

  it.each([
    [
      'a price cut down to a float: a cent is missing',
      order('CONFIRMED'),
      [payment('CAPTURED', 1998)],
      [line('capture', 1998)],
    ],
    [
      'a capture of another amount than the payment',
      order('CONFIRMED'),
      [payment('CAPTURED')],
      [line('capture', 1998)],
    ],
    ['a refund of another amount', order('CANCELLED'), [payment('REFUNDED')], [line('capture'), line('refund', 1900)]],
    ['money kept for a cancelled order', order('CANCELLED'), [payment('DECLINED')], [line('capture')]],
    [
      'a payment that the acquirer never saw',
      order('CONFIRMED'),
      [payment('CAPTURED')],
      [line('capture'), line('refund')],
    ],
    [
      'a total that is not the sum of the items',
      order('CONFIRMED', 2000),
      [payment('CAPTURED', 2000)],
      [line('capture', 2000)],
    ],
    [
      'money of an order that does not exist',
      order('CONFIRMED'),
      [payment('CAPTURED')],
      [line('capture'), line('capture', 5, 'o9')],
    ],
  ])('is violated by %s', (_name, row, payments, acquirer) => {
    expect(judge(row, payments, acquirer).outcome).toBe('violated');
  });

  it('compares with the exact figures in its counts', () => {
    const verdict = judge(order('CONFIRMED'), [payment('CAPTURED')], [line('capture')]);
    expect(verdict.counts).toMatchObject({ orders: 1, captures: 1, owedMinor: 1999, heldMinor: 1999 });
  });

  it('is unknown when no money moved', () => {
    expect(judge(order('CANCELLED'), [payment('DECLINED')], [line('decline')]).outcome).toBe('unknown');
  });
});

describeInvariant(moneyIsConserved, ['orders', 'payments', 'acquirer'], {
  'a capture is a cent short': ({ harvest }, pick) => {
    pick(harvest.acquirer.filter((entry) => entry.kind === 'capture')).amountMinor -= 1;
  },
  'a refund is missing': ({ harvest }, pick) =>
    remove(harvest.acquirer, pick(harvest.acquirer.filter((entry) => entry.kind === 'refund'))),
  'a payment is for another amount': ({ harvest }, pick) => {
    pick(harvest.payments).amountMinor += 1;
  },
  'a total is not the sum of its items': ({ harvest }, pick) => {
    pick(harvest.orders).totalMinor += 1;
  },
  'a captured payment is remembered as declined': ({ harvest }, pick) => {
    pick(harvest.payments.filter((payment) => payment.status === 'CAPTURED')).status = 'DECLINED';
  },
});
