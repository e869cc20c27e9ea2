import { describe, expect, it } from 'vitest';
import { describeInvariant, remove, verdictOf } from '../testing/conformance.ts';
import { plannedOrder, plannedPayment, smallPlan } from '../testing/shop-plan.ts';
import { type SimulatedRun, simulateShop } from '../testing/simulate-shop.ts';
import { noLostOrders } from './no-lost-orders.ts';

const judge = (run: SimulatedRun) => verdictOf(noLostOrders, run.history(), run.harvest);
const oneOrder = (): SimulatedRun => simulateShop(smallPlan([plannedOrder()]));

describe('no-lost-orders', () => {
  it('holds for an acknowledged order that is stored as it was asked for', () => {
    expect(judge(oneOrder())).toMatchObject({ outcome: 'holds', counts: { acknowledged: 1, stored: 1 } });
  });

  it('holds when the items are stored in another order', () => {
    const run = oneOrder();
    for (const order of run.harvest.orders) order.items = order.items.toReversed();
    expect(judge(run).outcome).toBe('holds');
  });

  it('holds when a request without an answer left no order', () => {
    const run = oneOrder();
    const input = { user_id: 'u', idempotency_key: 'k9', body_id: 'b9', items: [] };
    run.builder.operation('place-order', input, 'info', { error: 'timeout' });
    run.builder.invoke('place-order', { ...input, idempotency_key: 'k10' });
    expect(judge(run).outcome).toBe('holds');
  });

  it('names the acknowledgement of an order that is gone', () => {
    const run = oneOrder();
    run.harvest.orders.length = 0;
    const acknowledged = run.builder.events.find((event) => event.type === 'ok');
    const verdict = judge(run);
    expect(verdict.violations).toMatchObject([{ entity: 'order o1', hop: 'client -> order' }]);
    expect(verdict.violations[0]?.events).toContain(acknowledged?.index);
  });

  it.each<[string, (run: SimulatedRun) => void, string]>([
    [
      'another user',
      (run) =>
        run.harvest.orders.forEach((o) => {
          o.userId = 'x';
        }),
      'stored for user x',
    ],
    [
      'another saga',
      (run) =>
        run.harvest.orders.forEach((o) => {
          o.sagaId = 'x';
        }),
      'stored with saga x',
    ],
    [
      'another total',
      (run) =>
        run.harvest.orders.forEach((o) => {
          o.totalMinor += 1;
        }),
      'stored with total',
    ],
    [
      'an item missing',
      (run) =>
        run.harvest.orders.forEach((o) => {
          o.items = o.items.slice(1);
        }),
      'other items',
    ],
    [
      'another quantity',
      (run) =>
        run.harvest.orders.forEach((o) => {
          o.items = o.items.map((i) => ({ ...i, quantity: i.quantity + 1 }));
        }),
      'other items',
    ],
  ])('is violated by an order stored with %s', (_name, spoil, message) => {
    const run = oneOrder();
    spoil(run);
    expect(judge(run).violations[0]?.message).toContain(message);
  });

  it('is violated when the saga was never started, and names where its event got lost', () => {
    const run = oneOrder();
    run.harvest.sagas.length = 0;
    run.harvest.inbox.length = 0;
    expect(judge(run).violations).toMatchObject([{ entity: 'order o1', hop: 'orchestrator: topic -> inbox' }]);
  });

  it('is violated by a read that does not find an acknowledged order', () => {
    const run = oneOrder();
    run.builder.operation('get-order', { order_id: 'o1' }, 'fail', { error: '404 not found' });
    expect(judge(run).violations).toMatchObject([{ hop: 'order -> client' }]);
  });

  it.each<[string, (run: SimulatedRun) => void, string]>([
    [
      'gone',
      (run) => {
        run.harvest.paymentRequests.length = 0;
      },
      'acknowledged to the client, but not stored',
    ],
    [
      'stored with another amount',
      (run) => {
        for (const row of run.harvest.paymentRequests) row.amountMinor -= 1;
      },
      'stored with amount 2998, asked for 2999',
    ],
    [
      'stored for another user',
      (run) => {
        for (const row of run.harvest.paymentRequests) row.userId = 'x';
      },
      'stored for user x',
    ],
    [
      'stored with another saga',
      (run) => {
        for (const row of run.harvest.paymentRequests) row.sagaId = 'x';
      },
      'stored with saga x',
    ],
    [
      'never started',
      (run) => {
        run.harvest.sagas.length = 0;
      },
      'its saga ps1 was never started',
    ],
    [
      'not found by a later read',
      (run) => {
        const reference = { saga_id: 'ps1', payment_id: 'payment-1' };
        run.builder.operation('get-payment', reference, 'fail', { error: '404 no such saga' });
      },
      'a later read did not find it',
    ],
  ])('is violated by an acknowledged payment that is %s', (_name, spoil, message) => {
    const run = simulateShop(smallPlan([], [plannedPayment()]));
    expect(judge(run).outcome).toBe('holds');
    spoil(run);
    const verdict = judge(run);
    expect(verdict.violations[0]?.message).toContain(message);
    expect(verdict.violations[0]?.entity).toBe('payment payment-1');
  });

  it('is violated by an order stored with other points than asked for', () => {
    const run = oneOrder();
    for (const order of run.harvest.orders) order.redeemPoints = 0;
    expect(judge(run).violations[0]?.message).toBe('stored with 0 points to redeem, asked for 150');
  });

  it.each([
    ['cancelling', 'order.cancel-requested'],
    ['cancelled', 'order.cancelled'],
  ])('is violated by an acknowledged cancellation (%s) of which nothing was published', (status, type) => {
    const run = simulateShop(smallPlan([plannedOrder({ ending: 'cancelled' })]));
    run.builder.operation('cancel-order', { order_id: 'o1' }, 'ok', { output: { status } });
    expect(judge(run)).toMatchObject({ outcome: 'holds', counts: { cancellations: 2 } });
    for (const row of run.harvest.outbox) if (row.type === type) row.type = 'another';
    expect(judge(run).violations.at(-1)).toMatchObject({
      message: `its cancellation was acknowledged, but no ${type} was ever published`,
      entity: 'order o1',
    });
  });

  it('refuses a history that lacks what the workload promises', () => {
    const run = oneOrder();
    run.builder.operation('place-order', { user_id: 'u' }, 'fail');
    expect(() => judge(run)).toThrow('has no items');
  });
});

describeInvariant(noLostOrders, ['orders', 'paymentRequests', 'sagas', 'outbox', 'inbox', 'topics', 'subscriptions'], {
  'an acknowledged order is gone': ({ harvest }) => {
    harvest.orders.splice(0, 1);
  },
  'the saga of an acknowledged order is gone': ({ harvest }, pick) =>
    remove(harvest.sagas, pick(harvest.sagas.filter((saga) => saga.id === 's1'))),
  'an order has lost an item': ({ harvest }) => {
    const [order] = harvest.orders;
    if (order !== undefined) order.items = order.items.slice(1);
  },
  'an acknowledged payment is gone': ({ harvest }) => {
    harvest.paymentRequests.splice(0, 1);
  },
  'a read does not find it': ({ builder }, pick) => {
    builder.operation('get-order', { order_id: pick(['o1', 'o2']) }, 'fail', { error: '404 not found' });
  },
});
