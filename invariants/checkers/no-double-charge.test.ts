import { describe, expect, it } from 'vitest';
import type { AcquirerEntry, OrderRow } from '../model/harvest.ts';
import { describeInvariant, remove, verdictOf } from '../testing/conformance.ts';
import { harvestOf } from '../testing/empty-harvest.ts';
import { HistoryBuilder } from '../testing/history-builder.ts';
import { PAYMENT_ENDINGS, type PlannedPayment, plannedOrder, plannedPayment, smallPlan } from '../testing/shop-plan.ts';
import { type SimulatedRun, simulateShop } from '../testing/simulate-shop.ts';
import { noDoubleCharge } from './no-double-charge.ts';

const order = (status: OrderRow['status'], totalMinor = 1999): OrderRow => ({
  id: 'o1',
  userId: 'u1',
  sagaId: 's1',
  status,
  totalMinor,
  redeemPoints: 0,
  currency: 'USD',
  items: [],
});

const ledger = (...lines: readonly [AcquirerEntry['kind'], number][]): readonly AcquirerEntry[] =>
  lines.map(([kind, amountMinor], index) => ({
    seq: index + 1,
    kind,
    amountMinor,
    orderId: 'o1',
    idempotencyKey: `k${index}`,
  }));

const judge = (row: OrderRow, acquirer: readonly AcquirerEntry[]) =>
  verdictOf(noDoubleCharge, new HistoryBuilder().build(), harvestOf({ orders: [row], acquirer }));

describe('no-double-charge', () => {
  it.each([
    ['a confirmed order paid once', order('CONFIRMED'), ledger(['capture', 1999])],
    ['a cancelled order refunded', order('CANCELLED'), ledger(['capture', 1999], ['refund', 1999])],
    ['a declined order', order('CANCELLED'), ledger(['decline', 1999])],
    ['a charge voided before it ran', order('CANCELLED'), ledger(['void', 1999])],
    ['a pending order, whose money is still on its way', order('PENDING'), ledger(['capture', 1999])],
  ])('holds for %s', (_name, row, acquirer) => {
    expect(judge(row, acquirer).outcome).toBe('holds');
  });

  it.each([
    ['two captures', order('CONFIRMED'), ledger(['capture', 1999], ['capture', 1999])],
    [
      'a double charge that was undone later',
      order('CONFIRMED'),
      ledger(['capture', 1999], ['capture', 1999], ['refund', 1999]),
    ],
    ['a confirmed order that was never charged', order('CONFIRMED'), []],
    ['a cancelled order that keeps the money', order('CANCELLED'), ledger(['capture', 1999])],
    ['a refund paid twice', order('CANCELLED'), ledger(['capture', 1999], ['refund', 1999], ['refund', 1999])],
    ['another amount than the total', order('CONFIRMED'), ledger(['capture', 1998])],
    ['two captures while pending', order('PENDING'), ledger(['capture', 1999], ['capture', 1999])],
  ])('is violated by %s', (_name, row, acquirer) => {
    const verdict = judge(row, acquirer);
    expect(verdict.outcome).toBe('violated');
    expect(verdict.violations[0]).toMatchObject({ entity: 'order o1', hop: 'payment -> acquirer' });
  });

  it('judges the ledger in the order of seq', () => {
    const [capture, refund, again] = ledger(['capture', 1999], ['refund', 1999], ['capture', 1999]);
    if (!capture || !refund || !again) throw new Error('three lines');
    expect(judge(order('CONFIRMED'), [again, refund, capture]).outcome).toBe('holds');
  });

  it('is unknown when nothing was ever charged', () => {
    expect(judge(order('CANCELLED'), [])).toMatchObject({
      outcome: 'unknown',
      reason: 'nothing was charged, and nothing was to be paid',
    });
  });

  it('names the events of the acknowledgement', () => {
    const builder = new HistoryBuilder();
    const input = { user_id: 'u1', idempotency_key: 'k', body_id: 'b', items: [] };
    builder.operation('place-order', input, 'ok', { output: { order_id: 'o1', saga_id: 's1' } });
    const harvest = harvestOf({ orders: [order('CONFIRMED')], acquirer: [] });
    expect(verdictOf(noDoubleCharge, builder.build(), harvest).violations[0]?.events).toEqual([0, 1]);
  });
});

describe('no-double-charge, for payments and points', () => {
  const judged = (run: SimulatedRun) => verdictOf(noDoubleCharge, run.history(), run.harvest);
  const paid = (ending: PlannedPayment['ending']): SimulatedRun =>
    simulateShop(smallPlan([], [plannedPayment({ ending })]));

  it.each(PAYMENT_ENDINGS)('holds for a payment that ends %s', (ending) => {
    expect(judged(paid(ending)).outcome).toBe('holds');
  });

  it('leaves a payment alone whose saga has not ended', () => {
    const run = paid('completed');
    for (const saga of run.harvest.sagas) saga.state = 'RUNNING';
    run.harvest.acquirer.length = 0;
    expect(judged(run)).toMatchObject({ outcome: 'unknown', counts: { pending: 1 } });
  });

  it.each<[string, PlannedPayment['ending'], (h: SimulatedRun['harvest']) => void]>([
    ['charged twice', 'completed', (h) => h.acquirer.push(...h.acquirer.map((line) => ({ ...line, seq: 2 })))],
    ['kept though it failed', 'frozen', (h) => h.acquirer.pop()],
    ['never charged', 'completed', (h) => h.acquirer.pop()],
    ['charged for without having been asked for', 'completed', (h) => h.paymentRequests.pop()],
  ])('is violated by a payment that was %s', (_name, ending, spoil) => {
    const run = paid(ending);
    spoil(run.harvest);
    const verdict = judged(run);
    expect(verdict.outcome).toBe('violated');
    expect(verdict.violations[0]?.entity).toBe('payment payment-1');
  });

  it('is violated by an order that was charged its total though points paid a part', () => {
    const run = simulateShop(smallPlan([plannedOrder()]));
    for (const entry of run.harvest.acquirer) entry.amountMinor = 1598;
    expect(judged(run).violations).toMatchObject([{ entity: 'order o1' }]);
  });
});

describeInvariant(noDoubleCharge, ['orders', 'paymentRequests', 'sagas', 'acquirer'], {
  'a capture stands twice': ({ harvest }, pick) => {
    const capture = pick(harvest.acquirer.filter((entry) => entry.kind === 'capture'));
    // Right behind the first, so that no refund comes between.
    harvest.acquirer.splice(harvest.acquirer.indexOf(capture), 0, { ...capture, idempotencyKey: 'another' });
    for (const [index, entry] of harvest.acquirer.entries()) entry.seq = index + 1;
  },
  'a capture is missing': ({ harvest }, pick) =>
    remove(
      harvest.acquirer,
      pick(harvest.acquirer.filter((entry) => entry.kind === 'capture' && entry.amountMinor > 0)),
    ),
  'a refund is missing': ({ harvest }, pick) =>
    remove(
      harvest.acquirer,
      pick(harvest.acquirer.filter((entry) => entry.kind === 'refund' && entry.amountMinor > 0)),
    ),
  'an amount is a cent short': ({ harvest }, pick) => {
    pick(harvest.acquirer.filter((entry) => entry.kind === 'capture')).amountMinor -= 1;
  },
  'a charge is for an order that does not exist': ({ harvest }, pick) => {
    pick(harvest.acquirer.filter((entry) => entry.kind === 'capture')).orderId = 'nobody';
  },
});
