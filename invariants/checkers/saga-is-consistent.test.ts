import { describe, expect, it } from 'vitest';
import { describeInvariant, remove, verdictOf } from '../testing/conformance.ts';
import { plannedOrder, smallPlan } from '../testing/shop-plan.ts';
import { type SimulatedRun, simulateShop } from '../testing/simulate-shop.ts';
import { sagaIsConsistent } from './saga-is-consistent.ts';

const judge = (run: SimulatedRun) => verdictOf(sagaIsConsistent, run.history(), run.harvest);
const completed = (): SimulatedRun => simulateShop(smallPlan([plannedOrder()]));
const cancelled = (): SimulatedRun => simulateShop(smallPlan([plannedOrder({ ending: 'cancelled' })]));

type Spoil = (harvest: SimulatedRun['harvest']) => void;

describe('saga-is-consistent', () => {
  it.each(['completed', 'declined', 'out-of-stock', 'cancelled'] as const)(
    'holds for an order that ends %s',
    (ending) => {
      expect(judge(simulateShop(smallPlan([plannedOrder({ ending })])))).toMatchObject({
        outcome: 'holds',
        counts: { ended: 1 },
      });
    },
  );

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

  it('is violated when a final status that a client read is another one in the end', () => {
    const run = completed();
    run.builder.operation('get-order', { order_id: 'o1' }, 'ok', { output: { status: 'CANCELLED' } });
    expect(judge(run).violations).toMatchObject([
      { message: 'a client read CANCELLED, in the end it is CONFIRMED', hop: 'order -> client' },
    ]);
  });

  it('leaves sagas under way alone, and is unknown when there are no others', () => {
    const run = completed();
    for (const saga of run.harvest.sagas) saga.state = 'RUNNING';
    expect(judge(run)).toMatchObject({ outcome: 'unknown', reason: 'no saga has ended' });
  });
});

describeInvariant(sagaIsConsistent, ['orders', 'sagas', 'reservations', 'payments', 'notifications', 'acquirer'], {
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
});
