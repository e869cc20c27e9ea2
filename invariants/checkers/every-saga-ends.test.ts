import { describe, expect, it } from 'vitest';
import { describeInvariant, remove, verdictOf } from '../testing/conformance.ts';
import { plannedOrder, plannedPayment, smallPlan } from '../testing/shop-plan.ts';
import { type SimulatedRun, simulateShop } from '../testing/simulate-shop.ts';
import { everySagaEnds } from './every-saga-ends.ts';

const judge = (run: SimulatedRun) => verdictOf(everySagaEnds, run.history(), run.harvest);
const oneOrder = (): SimulatedRun => simulateShop(smallPlan([plannedOrder()]));

describe('every-saga-ends', () => {
  it('holds when every acknowledged order has a saga at its end', () => {
    const run = simulateShop(smallPlan([plannedOrder(), plannedOrder({ ending: 'declined' })]));
    expect(judge(run)).toMatchObject({ outcome: 'holds', counts: { acknowledged: 2, sagas: 2, ended: 2 } });
  });

  it.each(['RUNNING', 'COMPENSATING'] as const)('is violated by a saga that is still %s', (state) => {
    const run = oneOrder();
    for (const saga of run.harvest.sagas) saga.state = state;
    expect(judge(run).violations).toMatchObject([{ entity: 'saga s1', message: `saga of order o1 is still ${state}` }]);
  });

  it('names the hop where a message was lost', () => {
    const run = oneOrder();
    for (const saga of run.harvest.sagas) saga.state = 'RUNNING';
    const command = run.harvest.outbox.find((row) => row.type === 'payment.charge');
    const consumed = run.harvest.inbox.find((row) => row.messageId === command?.id);
    if (consumed === undefined) throw new Error('the simulation has a charge');
    remove(run.harvest.inbox, consumed);
    expect(judge(run).violations[0]?.hop).toBe('payment: topic -> inbox');
  });

  it('names the participant that took a command and never answered', () => {
    const run = oneOrder();
    for (const saga of run.harvest.sagas) saga.state = 'RUNNING';
    const command = run.harvest.outbox.find((row) => row.type === 'payment.charge');
    run.harvest.outbox.splice(
      0,
      Number.POSITIVE_INFINITY,
      ...run.harvest.outbox.filter((row) => row.causeId !== command?.id),
    );
    expect(judge(run).violations[0]?.hop).toBe('payment: inbox -> outbox');
  });

  it('names the relay when order.created is in no topic and no saga was started', () => {
    const run = oneOrder();
    run.harvest.sagas.length = 0;
    const created = run.harvest.outbox.find((row) => row.type === 'order.created');
    run.harvest.outbox.length = 0;
    run.harvest.topics.length = 0;
    if (created !== undefined) run.harvest.outbox.push(created);
    expect(judge(run).violations).toMatchObject([{ entity: 'order o1', hop: 'order: outbox -> topic' }]);
  });

  it('is violated by a stored order without a saga that no client heard of', () => {
    const run = simulateShop(smallPlan([plannedOrder(), plannedOrder({ isUnheard: true })]));
    run.harvest.sagas.splice(1, 1);
    expect(judge(run).violations).toMatchObject([{ entity: 'order o2', events: [] }]);
  });

  it('holds for acknowledged payments, and is violated when the saga of one is missing', () => {
    const run = simulateShop(smallPlan([], [plannedPayment()]));
    expect(judge(run)).toMatchObject({ outcome: 'holds', counts: { acknowledged: 1, sagas: 1 } });
    run.harvest.sagas.length = 0;
    expect(judge(run).violations).toMatchObject([
      { entity: 'payment payment-1', events: [expect.anything(), expect.anything()] },
    ]);
  });

  it('is violated by a stored payment request without a saga, and by a payment saga that is stuck', () => {
    const run = simulateShop(smallPlan([], [plannedPayment(), plannedPayment({ isUnheard: true })]));
    run.harvest.sagas.pop();
    for (const saga of run.harvest.sagas) saga.state = 'COMPENSATING';
    expect(judge(run).violations).toMatchObject([
      { entity: 'payment payment-2', message: 'stored, but no saga was ever started for it' },
      { entity: 'saga ps1', message: 'saga of payment payment-1 is still COMPENSATING' },
    ]);
  });

  it('is unknown when no order was acknowledged', () => {
    const run = simulateShop(smallPlan([plannedOrder({ isUnheard: true })]));
    expect(judge(run)).toMatchObject({ outcome: 'unknown', reason: 'no order and no payment was acknowledged' });
  });
});

describeInvariant(everySagaEnds, ['orders', 'sagas', 'outbox', 'inbox', 'topics', 'subscriptions'], {
  'a saga is lost': ({ harvest }, pick) => remove(harvest.sagas, pick(harvest.sagas)),
  'a saga is stuck': ({ harvest }, pick) => {
    pick(harvest.sagas).state = 'COMPENSATING';
  },
  'a client was told of another saga': ({ harvest }, pick) => {
    pick(harvest.sagas.filter((saga) => saga.id === 's1')).id = 'another';
  },
});
