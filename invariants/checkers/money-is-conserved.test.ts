import { describe, expect, it } from 'vitest';
import type { AcquirerEntry, OrderRow, PaymentRow } from '../model/harvest.ts';
import { describeInvariant, remove, verdictOf } from '../testing/conformance.ts';
import { harvestOf } from '../testing/empty-harvest.ts';
import { HistoryBuilder } from '../testing/history-builder.ts';
import { plannedOrder, plannedPayment, smallPlan } from '../testing/shop-plan.ts';
import { type SimulatedRun, simulateShop } from '../testing/simulate-shop.ts';
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

  it('is violated by a decline that the acquirer knows nothing of', () => {
    const run = simulateShop(smallPlan([plannedOrder({ ending: 'declined' })]));
    expect(verdictOf(moneyIsConserved, run.history(), run.harvest).outcome).not.toBe('violated');
    run.harvest.acquirer.length = 0;
    expect(verdictOf(moneyIsConserved, run.history(), run.harvest).violations).toMatchObject([
      { message: 'payment pay-s1 is DECLINED, but the acquirer never declined it', hop: 'payment -> acquirer' },
    ]);
  });

  it('compares with the exact figures in its counts', () => {
    const verdict = judge(order('CONFIRMED'), [payment('CAPTURED')], [line('capture')]);
    expect(verdict.counts).toMatchObject({ orders: 1, captures: 1, owedMinor: 1999, heldMinor: 1999 });
  });

  it('is unknown when no money moved', () => {
    expect(judge(order('CANCELLED'), [payment('DECLINED')], [line('decline')]).outcome).toBe('unknown');
  });
});

type Spoil = (harvest: SimulatedRun['harvest']) => void;

const bought = (): SimulatedRun => simulateShop(smallPlan([plannedOrder()]));
const verdictAfter = (run: SimulatedRun, spoil: Spoil) => {
  spoil(run.harvest);
  return verdictOf(moneyIsConserved, run.history(), run.harvest);
};

function the<Row>(rows: readonly Row[], isMeant: (row: Row) => boolean): Row {
  const found = rows.find(isMeant);
  if (found === undefined) throw new Error('there is no such row');
  return found;
}

describe('money-is-conserved, with points, wallets and spending limits', () => {
  it('charges the card what the points do not pay', () => {
    const verdict = verdictAfter(bought(), () => undefined);
    expect(verdict).toMatchObject({ outcome: 'holds', counts: { owedMinor: 1448, heldMinor: 1448, walletEntries: 4 } });
  });

  it('earns no points where less than one is due', () => {
    const run = simulateShop(smallPlan([plannedOrder({ redeemPoints: 1_500 })]));
    expect(run.harvest.walletEntries.some(({ kind }) => kind === 'earn')).toBe(false);
    expect(verdictAfter(run, () => undefined).outcome).toBe('holds');
  });

  it('holds while a saga has not ended, whatever is in the wallet by then', () => {
    const run = bought();
    for (const saga of run.harvest.sagas) saga.state = 'RUNNING';
    for (const order of run.harvest.orders) order.status = 'PENDING';
    expect(verdictAfter(run, () => undefined).outcome).toBe('holds');
  });

  it.each<[string, Spoil, string]>([
    [
      'charged the whole total though points paid a part',
      (h) => {
        for (const row of [...h.payments, ...h.acquirer]) row.amountMinor = 1598;
      },
      '1448 are to be charged for the order',
    ],
    [
      'more points than the order costs',
      (h) => {
        for (const row of h.orders) row.redeemPoints = 1599;
      },
      '1599 points are to be redeemed for a total of 1598',
    ],
    [
      'a wallet with a point too many',
      (h) => {
        the(h.wallets, () => true).points += 1;
      },
      'but its entries sum up to',
    ],
    [
      'a wallet with a cent too many',
      (h) => {
        the(h.wallets, () => true).balanceMinor += 1;
      },
      'balance 1, but its entries sum up to 0',
    ],
    [
      'a wallet below zero',
      (h) => {
        const entry = the(h.walletEntries, ({ kind, userId }) => kind === 'grant' && userId === 'user-0');
        the(h.wallets, ({ userId }) => userId === 'user-0').points -= entry.points;
        entry.points = 0;
      },
      'negative',
    ],
    [
      'a wallet that is gone',
      (h) => {
        h.wallets.length = 0;
      },
      'is of a wallet that does not exist',
    ],
    [
      'an entry of a saga that does not exist',
      (h) => {
        the(h.walletEntries, ({ kind }) => kind === 'earn').sagaId = 's9';
      },
      'belongs to saga s9, which does not exist',
    ],
    ['an entry that stands twice', (h) => h.walletEntries.push(the(h.walletEntries, () => true)), 'stands twice'],
    [
      'a redemption that gives points',
      (h) => {
        const entry = the(h.walletEntries, ({ kind }) => kind === 'redeem');
        entry.points = -entry.points;
      },
      'a redeem does not change points by 150',
    ],
    [
      'points for an order that were counted twice, in entries and wallet alike',
      (h) => {
        const entry = the(h.walletEntries, ({ kind }) => kind === 'earn');
        h.walletEntries.push({ ...entry, id: 'again' });
        the(h.wallets, ({ userId }) => userId === entry.userId).points += entry.points;
      },
      'wallet entry again is one earn too many (14 points)',
    ],
    [
      'points for the total and not for the charge',
      (h) => {
        const entry = the(h.walletEntries, ({ kind }) => kind === 'earn');
        the(h.wallets, ({ userId }) => userId === entry.userId).points += 1;
        entry.points += 1;
      },
      'is a earn of 15 points, not of 14 points',
    ],
    [
      'spending that is not held',
      (h) => {
        the(h.users, () => true).spentMinor -= 1;
      },
      '1447 are spent, but 1448 are HELD',
    ],
    [
      'spending beyond the limit',
      (h) => {
        the(h.users, () => true).limitMinor = 1447;
      },
      '1448 are spent of a limit of 1447',
    ],
    [
      'a hold of another amount',
      (h) => {
        the(h.spendingHolds, () => true).amountMinor += 150;
        the(h.users, () => true).spentMinor += 150;
      },
      '1598 of the spending limit are HELD, the card was to be charged 1448',
    ],
    [
      'a hold of a saga that does not exist',
      (h) => {
        the(h.spendingHolds, () => true).sagaId = 's9';
      },
      '1448 are HELD for saga s9, which does not exist',
    ],
    [
      'a hold of a user that does not exist',
      (h) => {
        h.users.length = 0;
      },
      '1448 are HELD of a user that does not exist',
    ],
  ])('is violated by %s', (_name, spoil, message) => {
    const verdict = verdictAfter(bought(), spoil);
    expect(verdict.outcome).toBe('violated');
    expect(verdict.violations.map((violation) => violation.message).join('\n')).toContain(message);
  });

  it.each<[string, 'completed' | 'frozen', Spoil, string]>([
    [
      'charged another amount',
      'completed',
      (h) => {
        for (const row of [...h.payments, ...h.acquirer]) row.amountMinor = 2998;
      },
      '2999 were asked for',
    ],
    [
      'kept though the wallet was frozen',
      'frozen',
      (h) => {
        h.acquirer.length = 1;
      },
      'confirmed orders and completed payments owe 0, the acquirer holds 2999',
    ],
    [
      'topped up with another amount',
      'completed',
      (h) => {
        the(h.walletEntries, ({ kind }) => kind === 'top-up').balanceMinor -= 1;
        the(h.wallets, ({ userId }) => userId === 'user-0').balanceMinor -= 1;
      },
      'is a top-up of 2998 minor units, not of 2999 minor units',
    ],
    [
      'topped up as points',
      'completed',
      (h) => {
        the(h.walletEntries, ({ kind }) => kind === 'top-up').points = 5;
      },
      'a top-up does not change points by 5',
    ],
  ])('is violated by a payment that was %s', (_name, ending, spoil, message) => {
    const verdict = verdictAfter(simulateShop(smallPlan([], [plannedPayment({ ending })])), spoil);
    expect(verdict.outcome).toBe('violated');
    expect(verdict.violations.map((violation) => violation.message).join('\n')).toContain(message);
  });
});

describeInvariant(moneyIsConserved, ['orders', 'paymentRequests', 'payments', 'acquirer', 'wallets', 'spendingHolds'], {
  'a wallet entry is lost': ({ harvest }, pick) => remove(harvest.walletEntries, pick(harvest.walletEntries)),
  'a wallet has a point more': ({ harvest }, pick) => {
    pick(harvest.wallets).points += 1;
  },
  'a hold is of the other kind': ({ harvest }, pick) => {
    const hold = pick(harvest.spendingHolds.filter(({ orderId }) => orderId === 'o1' || orderId === 'o2'));
    hold.status = hold.status === 'HELD' ? 'RELEASED' : 'HELD';
  },
  'a payment was for another amount': ({ harvest }, pick) => {
    pick(harvest.paymentRequests).amountMinor += 1;
  },
  'an order is paid with more points': ({ harvest }, pick) => {
    pick(harvest.orders).redeemPoints += 1;
  },
  'a capture is a cent short': ({ harvest }, pick) => {
    pick(harvest.acquirer.filter((entry) => entry.kind === 'capture')).amountMinor -= 1;
  },
  'a refund is missing': ({ harvest }, pick) =>
    remove(
      harvest.acquirer,
      pick(harvest.acquirer.filter((entry) => entry.kind === 'refund' && entry.amountMinor > 0)),
    ),
  'a payment is for another amount': ({ harvest }, pick) => {
    pick(harvest.payments).amountMinor += 1;
  },
  'a total is not the sum of its items': ({ harvest }, pick) => {
    pick(harvest.orders).totalMinor += 1;
  },
  'a captured payment is remembered as declined': ({ harvest }, pick) => {
    pick(harvest.payments.filter(({ status, amountMinor }) => status === 'CAPTURED' && amountMinor > 0)).status =
      'DECLINED';
  },
});
