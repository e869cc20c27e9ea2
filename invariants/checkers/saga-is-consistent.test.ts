import { describe, expect, it } from 'vitest';
import { describeInvariant, remove, verdictOf } from '../testing/conformance.ts';
import { creditBeforePivot, undoForwards } from '../testing/misorder-steps.ts';
import { ENDINGS, PAYMENT_ENDINGS, plannedOrder, plannedPayment, smallPlan } from '../testing/shop-plan.ts';
import { type SimulatedRun, simulateShop } from '../testing/simulate-shop.ts';
import { sagaIsConsistent } from './saga-is-consistent.ts';

const judge = (run: SimulatedRun) => verdictOf(sagaIsConsistent, run.history(), run.harvest);
const completed = (): SimulatedRun => simulateShop(smallPlan([plannedOrder()]));
const cancelled = (): SimulatedRun => simulateShop(smallPlan([plannedOrder({ ending: 'cancelled' })]));

type Spoil = (harvest: SimulatedRun['harvest']) => void;

describe('saga-is-consistent', () => {
  it.each(ENDINGS)('holds for an order that ends %s, with points and without', (ending) => {
    for (const redeemPoints of [0, 150, 1598]) {
      const run = simulateShop(smallPlan([plannedOrder({ ending, redeemPoints, isRetried: true })]));
      const counts = ending === 'completed' ? { completed: 1, compensated: 0 } : { completed: 0, compensated: 1 };
      expect(judge(run)).toMatchObject({ outcome: 'holds', counts });
    }
  });

  it.each(PAYMENT_ENDINGS)('holds for a payment that ends %s', (ending) => {
    const run = simulateShop(smallPlan([], [plannedPayment({ ending, isRetried: true })]));
    const refunded = ending === 'frozen' ? 1 : 0;
    expect(judge(run)).toMatchObject({ outcome: 'holds', counts: { sagas: 1, refunded } });
  });

  it.each<[string, Spoil, string]>([
    [
      'an order that is not confirmed',
      (h) =>
        h.orders.forEach((o) => {
          o.status = 'PENDING';
        }),
      'orchestrator -> order',
    ],
    [
      'a reservation that is still open',
      (h) =>
        h.reservations.slice(0, 1).forEach((r) => {
          r.status = 'RESERVED';
        }),
      'orchestrator -> inventory',
    ],
    [
      'a reservation that expired',
      (h) =>
        h.reservations.slice(0, 1).forEach((r) => {
          r.status = 'EXPIRED';
        }),
      'orchestrator -> inventory',
    ],
    [
      'too many sold',
      (h) =>
        h.reservations.slice(0, 1).forEach((r) => {
          r.quantity += 1;
        }),
      'orchestrator -> inventory',
    ],
    [
      'no payment',
      (h) => {
        h.payments.length = 0;
      },
      'orchestrator -> payment',
    ],
    [
      'a second payment',
      (h) => h.payments.push(...h.payments.map((p) => ({ ...p, id: 'p2' }))),
      'orchestrator -> payment',
    ],
    [
      'a payment that hangs',
      (h) => h.payments.push(...h.payments.map((p) => ({ ...p, id: 'p2', status: 'PENDING' as const }))),
      'orchestrator -> payment',
    ],
    [
      'money that the acquirer does not hold',
      (h) => {
        h.acquirer.length = 0;
      },
      'payment -> acquirer',
    ],
    [
      'no message',
      (h) => {
        h.notifications.length = 0;
      },
      'orchestrator -> notification',
    ],
    [
      'a cancellation beside the confirmation',
      (h) => h.notifications.push(...h.notifications.map((n) => ({ ...n, id: 'n2', kind: 'cancellation' as const }))),
      'orchestrator -> notification',
    ],
    [
      'no order',
      (h) => {
        h.orders.length = 0;
      },
      'order -> orchestrator',
    ],
    [
      'an order of another saga',
      (h) =>
        h.orders.forEach((o) => {
          o.sagaId = 'another';
        }),
      'order -> orchestrator',
    ],
    [
      'nothing held of the spending limit',
      (h) => {
        h.spendingHolds.length = 0;
      },
      'orchestrator -> user',
    ],
    [
      'its total held, points and all',
      (h) => {
        for (const hold of h.spendingHolds) hold.amountMinor += 150;
      },
      'orchestrator -> user',
    ],
    [
      'its limit held twice',
      (h) => h.spendingHolds.push(...h.spendingHolds.map((hold) => ({ ...hold }))),
      'orchestrator -> user',
    ],
    [
      'the limit of somebody else held',
      (h) => {
        for (const hold of h.spendingHolds) hold.userId = 'user-1';
      },
      'orchestrator -> user',
    ],
    [
      'points redeemed twice',
      (h) => h.walletEntries.push(...h.walletEntries.filter((entry) => entry.kind === 'redeem')),
      'orchestrator -> wallet',
    ],
    [
      'other points redeemed',
      (h) => {
        for (const entry of h.walletEntries) if (entry.kind === 'redeem') entry.points -= 1;
      },
      'orchestrator -> wallet',
    ],
    [
      'no points earned',
      (h) => {
        h.walletEntries.pop();
      },
      'orchestrator -> wallet',
    ],
    [
      'points given back',
      (h) => {
        for (const entry of h.walletEntries) if (entry.kind === 'earn') entry.kind = 'give-back';
      },
      'orchestrator -> wallet',
    ],
    [
      'points in the wallet of somebody else',
      (h) => {
        for (const entry of h.walletEntries) entry.userId = 'user-1';
      },
      'orchestrator -> wallet',
    ],
    ['a second saga', (h) => h.sagas.push(...h.sagas.map((s) => ({ ...s, id: 's2' }))), 'order -> orchestrator'],
  ])('is violated by a completed saga with %s', (_name, spoil, hop) => {
    const run = completed();
    spoil(run.harvest);
    const verdict = judge(run);
    expect(verdict.outcome).toBe('violated');
    expect(verdict.violations[0]).toMatchObject({ entity: 'order o1', hop });
  });

  it.each<[string, Spoil]>([
    [
      'a confirmed order',
      (h) =>
        h.orders.forEach((o) => {
          o.status = 'CONFIRMED';
        }),
    ],
    [
      'stock still reserved',
      (h) =>
        h.reservations.slice(0, 1).forEach((r) => {
          r.status = 'RESERVED';
        }),
    ],
    [
      'stock sold',
      (h) =>
        h.reservations.slice(0, 1).forEach((r) => {
          r.status = 'CONFIRMED';
        }),
    ],
    [
      'a captured payment',
      (h) =>
        h.payments.forEach((p) => {
          p.status = 'CAPTURED';
        }),
    ],
    [
      'a refund that never reached the acquirer',
      (h) => {
        h.acquirer.length = 1;
      },
    ],
    [
      'a part of the spending limit still held',
      (h) => {
        for (const hold of h.spendingHolds) hold.status = 'HELD';
      },
    ],
    [
      'points not given back',
      (h) => {
        h.walletEntries.pop();
      },
    ],
    [
      'points given back that were never redeemed',
      (h) => {
        for (const entry of h.walletEntries.splice(0)) if (entry.kind === 'give-back') h.walletEntries.push(entry);
      },
    ],
    [
      'points earned',
      (h) => h.walletEntries.push(...h.walletEntries.slice(-1).map((e) => ({ ...e, id: 'e', kind: 'earn' as const }))),
    ],
    [
      'a confirmation',
      (h) =>
        h.notifications.forEach((n) => {
          n.kind = 'confirmation';
        }),
    ],
  ])('is violated by a compensated saga with %s', (_name, spoil) => {
    const run = cancelled();
    spoil(run.harvest);
    expect(judge(run).outcome).toBe('violated');
  });

  it.each<[string, 'completed' | 'frozen', Spoil, string]>([
    [
      'has no request',
      'completed',
      (h) => {
        h.paymentRequests.length = 0;
      },
      'payment -> orchestrator',
    ],
    [
      'has a request of another saga',
      'completed',
      (h) => {
        for (const request of h.paymentRequests) request.sagaId = 'another';
      },
      'payment -> orchestrator',
    ],
    [
      'completed without a payment',
      'completed',
      (h) => {
        h.payments.length = 0;
      },
      'orchestrator -> payment',
    ],
    [
      'completed without money at the acquirer',
      'completed',
      (h) => {
        h.acquirer.length = 0;
      },
      'payment -> acquirer',
    ],
    [
      'completed without a top-up',
      'completed',
      (h) => {
        h.walletEntries.pop();
      },
      'orchestrator -> wallet',
    ],
    [
      'completed with half a top-up',
      'completed',
      (h) => {
        for (const entry of h.walletEntries) entry.balanceMinor /= 2;
      },
      'orchestrator -> wallet',
    ],
    [
      'completed and holds a spending limit',
      'completed',
      (h) => {
        const hold = { sagaId: 'ps1', orderId: 'payment-1', userId: 'user-0', amountMinor: 2999 };
        h.spendingHolds.push({ ...hold, status: 'HELD' });
      },
      'orchestrator -> user',
    ],
    [
      'completed with a cancellation',
      'completed',
      (h) => {
        for (const notification of h.notifications) notification.kind = 'cancellation';
      },
      'orchestrator -> notification',
    ],
    [
      'was compensated and topped up all the same',
      'frozen',
      (h) => {
        const entry = { id: 'e', userId: 'user-0', sagaId: 'ps1', orderId: 'payment-1', kind: 'top-up' as const };
        h.walletEntries.push({ ...entry, points: 0, balanceMinor: 2999 });
      },
      'orchestrator -> wallet',
    ],
    [
      'was compensated and not refunded',
      'frozen',
      (h) => {
        h.acquirer.length = 1;
      },
      'payment -> acquirer',
    ],
  ])('is violated by a payment that %s', (_name, ending, spoil, hop) => {
    const run = simulateShop(smallPlan([], [plannedPayment({ ending })]));
    spoil(run.harvest);
    const verdict = judge(run);
    expect(verdict.outcome).toBe('violated');
    expect(verdict.violations[0]).toMatchObject({ entity: 'payment payment-1', hop });
    expect(verdict.violations[0]?.events).toHaveLength(2);
  });

  it('names a compensation that ran before its turn', () => {
    const run = cancelled();
    undoForwards(run.harvest, 's1');
    const { violations } = judge(run);
    expect(violations[0]).toMatchObject({ entity: 'order o1', hop: 'orchestrator: inbox -> outbox' });
    const late = 'was asked for upon';
    expect(violations.map(({ message }) => message)).toEqual([
      `payment.refund ${late} wallet.give-back-points.done: out of order, inventory.cancel may follow that`,
      `wallet.give-back-points ${late} inventory.cancel.done: out of order, user.release-limit may follow that`,
      `inventory.cancel ${late} user.release-limit.done: out of order, order.cancel may follow that`,
      `order.cancel ${late} payment.refund.done: out of order, wallet.give-back-points or inventory.cancel may follow that`,
    ]);
  });

  it('names points that were credited before the pivot, even when the order is completed', () => {
    const run = completed();
    creditBeforePivot(run.harvest, 's1');
    expect(judge(run).violations.map(({ message }) => message)).toContain(
      'wallet.credit-points was asked for upon payment.charge.done: out of order, inventory.confirm may follow that',
    );
  });

  it('leaves alone what a timer repeats, and steps that are left out', () => {
    const run = simulateShop(smallPlan([plannedOrder({ ending: 'cancelled', redeemPoints: 0 })]));
    for (const row of run.harvest.outbox) if (row.type === 'payment.refund') row.causeId = '';
    expect(judge(run).outcome).toBe('holds');
  });

  it('is violated when a final state of a payment that a client read is another one in the end', () => {
    const run = simulateShop(smallPlan([], [plannedPayment()]));
    run.builder.operation('get-payment', { payment_id: 'payment-1' }, 'ok', { output: { state: 'COMPENSATED' } });
    expect(judge(run).violations).toMatchObject([
      { message: 'a client read COMPLETED, and one that asked later COMPENSATED', isFinal: true },
      { message: 'a client read COMPENSATED, in the end it is COMPLETED', entity: 'payment payment-1' },
    ]);
  });

  it('is violated when a final status that a client read is another one in the end', () => {
    const run = completed();
    run.builder.operation('get-order', { order_id: 'o1' }, 'ok', { output: { status: 'CANCELLED' } });
    expect(judge(run).violations).toMatchObject([
      { message: 'a client read CONFIRMED, and one that asked later CANCELLED', isFinal: true },
      { message: 'a client read CANCELLED, in the end it is CONFIRMED', hop: 'order -> client' },
    ]);
  });

  it('leaves sagas under way alone, and is unknown when there are no others', () => {
    const run = completed();
    for (const saga of run.harvest.sagas) saga.state = 'RUNNING';
    expect(judge(run)).toMatchObject({ outcome: 'unknown', reason: 'no saga has ended' });
  });
});

describeInvariant(
  sagaIsConsistent,
  ['orders', 'paymentRequests', 'sagas', 'walletEntries', 'spendingHolds', 'outbox'],
  {
    'a cancelled order is undone forwards': ({ harvest }) => undoForwards(harvest, 's2'),
    'points are credited before the pivot': ({ harvest }) => creditBeforePivot(harvest, 's1'),
    'a payment request is lost': ({ harvest }, pick) => remove(harvest.paymentRequests, pick(harvest.paymentRequests)),
    'a wallet entry is lost': ({ harvest }, pick) =>
      remove(
        harvest.walletEntries,
        pick(harvest.walletEntries.filter((entry) => entry.kind === 'earn' || entry.kind === 'top-up')),
      ),
    'a hold is of the other kind': ({ harvest }, pick) => {
      const hold = pick(harvest.spendingHolds);
      hold.status = hold.status === 'HELD' ? 'RELEASED' : 'HELD';
    },
    'an order has the other status': ({ harvest }, pick) => {
      const order = pick(harvest.orders);
      order.status = order.status === 'CONFIRMED' ? 'CANCELLED' : 'CONFIRMED';
    },
    'a saga has the other outcome': ({ harvest }, pick) => {
      const saga = pick(harvest.sagas);
      saga.state = saga.state === 'COMPLETED' ? 'COMPENSATED' : 'COMPLETED';
    },
    'a reservation has another status': ({ harvest }, pick) => {
      const reservation = pick(harvest.reservations);
      reservation.status = reservation.status === 'CONFIRMED' ? 'CANCELLED' : 'CONFIRMED';
    },
    'a captured payment is lost': ({ harvest }, pick) =>
      remove(harvest.payments, pick(harvest.payments.filter((payment) => payment.status === 'CAPTURED'))),
    'a message is of the other kind': ({ harvest }, pick) => {
      const message = pick(harvest.notifications);
      message.kind = message.kind === 'confirmation' ? 'cancellation' : 'confirmation';
    },
    'an order is lost': ({ harvest }, pick) => remove(harvest.orders, pick(harvest.orders)),
  },
);
