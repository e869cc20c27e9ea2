import { describe, expect, it } from 'vitest';
import { describeInvariant, remove, verdictOf } from '../testing/conformance.ts';
import { ENDINGS, PAYMENT_ENDINGS, plannedOrder, plannedPayment, smallPlan } from '../testing/shop-plan.ts';
import { type SimulatedRun, simulateShop } from '../testing/simulate-shop.ts';
import { eventStoreIsComplete } from './event-store-is-complete.ts';

type Spoil = (harvest: SimulatedRun['harvest']) => void;

const judge = (run: SimulatedRun) => verdictOf(eventStoreIsComplete, run.history(), run.harvest);
const oneOrder = (): SimulatedRun => simulateShop(smallPlan([plannedOrder()]));
const storedOf = (h: SimulatedRun['harvest'], type: string) => {
  const row = h.storedEvents.find((stored) => stored.type === type);
  if (row === undefined) throw new Error(`no ${type} is stored`);
  return row;
};

describe('event-store-is-complete', () => {
  it.each(ENDINGS)('holds for an order that ends %s', (ending) => {
    expect(judge(simulateShop(smallPlan([plannedOrder({ ending, isRetried: true })]))).outcome).toBe('holds');
  });

  it.each(PAYMENT_ENDINGS)('holds for a payment that ends %s', (ending) => {
    expect(judge(simulateShop(smallPlan([], [plannedPayment({ ending })]))).outcome).toBe('holds');
  });

  it('holds whatever order the rows are read in: the position counts', () => {
    const run = oneOrder();
    run.harvest.storedEvents.reverse();
    expect(judge(run).outcome).toBe('holds');
  });

  it('holds beside a hold that was released before it was asked for, which no event tells of', () => {
    const run = oneOrder();
    run.harvest.spendingHolds.push({ sagaId: 's9', orderId: 'o9', userId: '', amountMinor: 0, status: 'RELEASED' });
    expect(judge(run).outcome).toBe('holds');
  });

  it('is violated by a hold that is gone, though another one that no event tells of makes up for the number', () => {
    const run = oneOrder();
    const [hold] = run.harvest.spendingHolds.splice(0, 1);
    run.harvest.spendingHolds.push({ sagaId: 's9', orderId: 'o9', userId: '', amountMinor: 0, status: 'RELEASED' });
    expect(judge(run).violations).toMatchObject([
      { message: 'the event store says HELD, but it does not exist', entity: `hold of order ${hold?.orderId}` },
    ]);
  });

  it('holds for facts that change no status, and while the acquirer or the provider have not answered', () => {
    const run = oneOrder();
    for (const type of ['payment.captured', 'notification.sent']) storedOf(run.harvest, type).type = 'fact';
    for (const record of run.harvest.topics) {
      if (record.type === 'payment.captured' || record.type === 'notification.sent') record.type = 'fact';
    }
    for (const payment of run.harvest.payments) payment.status = 'PENDING';
    for (const notification of run.harvest.notifications) notification.status = 'PENDING';
    expect(judge(run).outcome).toBe('holds');
  });

  it.each<[string, Spoil, string]>([
    ['an event is missing', (h) => remove(h.storedEvents, storedOf(h, 'order.confirmed')), 'is missing'],
    [
      'an event is stored twice',
      (h) => h.storedEvents.push({ ...storedOf(h, 'order.confirmed'), position: 9_000 }),
      'stands twice in the store',
    ],
    [
      'an event was never published',
      (h) => {
        h.storedEvents.push({ ...storedOf(h, 'order.confirmed'), messageId: 'new', version: 3, position: 9_000 });
      },
      'no such record is committed',
    ],
    [
      'an event is only in an aborted transaction',
      (h) => {
        for (const record of h.topics) if (record.type === 'order.confirmed') record.committed = false;
      },
      'no such record is committed',
    ],
    [
      'two events of one aggregate changed places',
      (h) => {
        storedOf(h, 'order.created').position = 8_000;
        storedOf(h, 'order.confirmed').position = 7_000;
      },
      'version 2 of o1 follows version 0',
    ],
    [
      'an event is stored under another type',
      (h) => {
        storedOf(h, 'wallet.points-credited').type = 'wallet.topped-up';
      },
      'in the topic wallet.points-credited',
    ],
    [
      'an event is stored under another aggregate',
      (h) => {
        storedOf(h, 'payment.captured').aggregateId = 'pay-s9';
      },
      'in the topic pay-s1',
    ],
    [
      'an event is stored under another topic',
      (h) => {
        storedOf(h, 'payment.captured').topic = 'order.events';
      },
      'stands in topic payment.events',
    ],
  ])('is violated when %s', (_name, spoil, message) => {
    const run = oneOrder();
    spoil(run.harvest);
    const verdict = judge(run);
    expect(verdict.outcome).toBe('violated');
    expect(verdict.violations.map((violation) => violation.message).join('\n')).toContain(message);
  });

  it.each<[string, Spoil, string]>([
    [
      'an order',
      (h) => {
        for (const order of h.orders) order.status = 'CANCELLED';
      },
      'it is CANCELLED, the event store says CONFIRMED',
    ],
    [
      'a payment',
      (h) => {
        for (const payment of h.payments) payment.status = 'REFUNDED';
      },
      'it is REFUNDED, the event store says CAPTURED',
    ],
    [
      'a reservation',
      (h) => {
        for (const reservation of h.reservations) reservation.status = 'EXPIRED';
      },
      'it is EXPIRED, the event store says CONFIRMED',
    ],
    [
      'a notification',
      (h) => {
        for (const notification of h.notifications) notification.status = 'FAILED';
      },
      'it is FAILED, the event store says SENT',
    ],
    [
      'a saga',
      (h) => {
        for (const saga of h.sagas) saga.state = 'COMPENSATED';
      },
      'it is COMPENSATED, the event store says COMPLETED',
    ],
    [
      'a hold',
      (h) => {
        for (const hold of h.spendingHolds) hold.status = 'RELEASED';
      },
      'it is RELEASED, the event store says HELD',
    ],
    ['a row that no event told of', (h) => h.orders.push({ ...at(h.orders), id: 'o9' }), 'knows nothing of it'],
    [
      'a row that is gone',
      (h) => {
        h.payments.length = 0;
      },
      'the event store says CAPTURED, but it does not exist',
    ],
    [
      'a hold that is gone',
      (h) => {
        h.spendingHolds.length = 0;
      },
      'the event store says HELD, but it does not exist',
    ],
    [
      'a hold that no event told of',
      (h) => h.spendingHolds.push({ ...at(h.spendingHolds), sagaId: 's9', orderId: 'o9' }),
      'it is HELD, the event store says nothing',
    ],
    [
      'a wallet entry that no event told of',
      (h) => h.walletEntries.push({ ...at(h.walletEntries), id: 'again' }),
      '2 grant in the wallet, the event store tells of 1',
    ],
    ['a wallet entry that is gone', (h) => h.walletEntries.pop(), '0 earn in the wallet, the event store tells of 1'],
    [
      'a wallet entry of another user',
      (h) => {
        for (const entry of h.walletEntries) entry.userId = entry.userId === 'user-0' ? 'user-1' : 'user-0';
      },
      '0 redeem in the wallet, the event store tells of 1',
    ],
  ])('is violated when replaying gives another state of %s', (_name, spoil, message) => {
    const run = oneOrder();
    spoil(run.harvest);
    const verdict = judge(run);
    expect(verdict.outcome).toBe('violated');
    expect(verdict.violations.map((violation) => violation.message).join('\n')).toContain(message);
  });

  it('is unknown when no domain event is committed', () => {
    const run = simulateShop(smallPlan([]));
    expect(judge(run)).toMatchObject({ outcome: 'unknown', reason: 'no domain event is committed in any topic' });
  });
});

function at<Row>([first]: readonly Row[]): Row {
  if (first === undefined) throw new Error('there is no row');
  return first;
}

describeInvariant(
  eventStoreIsComplete,
  ['storedEvents', 'topics', 'orders', 'payments', 'reservations', 'notifications', 'sagas', 'spendingHolds'],
  {
    'an event was skipped': ({ harvest }, pick) => remove(harvest.storedEvents, pick(harvest.storedEvents)),
    'an event was stored again': ({ harvest }, pick) => {
      harvest.storedEvents.push({ ...pick(harvest.storedEvents), position: 1_000_000 });
    },
    'an event has another version': ({ harvest }, pick) => {
      pick(harvest.storedEvents).version += 1;
    },
    'an event was published without being stored': ({ harvest }, pick) => {
      const record = pick(harvest.topics.filter(({ topic }) => topic.endsWith('.events')));
      harvest.topics.push({ ...record, messageId: 'new', offset: 1_000_000, version: record.version + 1 });
    },
    'an order has another status': ({ harvest }, pick) => {
      const order = pick(harvest.orders);
      order.status = order.status === 'CONFIRMED' ? 'CANCELLED' : 'CONFIRMED';
    },
    'a wallet has an entry more': ({ harvest }, pick) => {
      harvest.walletEntries.push({ ...pick(harvest.walletEntries), id: 'again' });
    },
    'a hold is forgotten': ({ harvest }, pick) => remove(harvest.spendingHolds, pick(harvest.spendingHolds)),
  },
);
