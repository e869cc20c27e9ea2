import { describe, expect, it } from 'vitest';
import type { Completion } from '../history/event.ts';
import type { Harvest } from '../model/harvest.ts';
import { describeInvariant, remove, verdictOf } from '../testing/conformance.ts';
import { harvestOf } from '../testing/empty-harvest.ts';
import { HistoryBuilder } from '../testing/history-builder.ts';
import { plannedOrder, plannedPayment, smallPlan } from '../testing/shop-plan.ts';
import { type SimulatedRun, simulateShop } from '../testing/simulate-shop.ts';
import { requestsAreIdempotent } from './requests-are-idempotent.ts';

interface Request {
  readonly key: string;
  readonly user?: string;
  readonly body?: string;
  readonly end?: Completion['type'];
  readonly order?: string;
  readonly saga?: string;
}

function historyOf(requests: readonly Request[]) {
  const builder = new HistoryBuilder();
  for (const { key, user = 'u1', body = 'b', end = 'ok', order = 'o1', saga = `s-${order}` } of requests) {
    const input = { user_id: user, idempotency_key: key, body_id: body, items: [] };
    builder.operation(
      'place-order',
      input,
      end,
      end === 'ok' ? { output: { order_id: order, saga_id: saga } } : { error: '422' },
    );
  }
  return builder.build();
}

/** Rows `user/key/order`, and the orders that they name. */
function stored(...rows: readonly string[]): Harvest {
  const idempotencyKeys = rows.map((row) => {
    const [userId = '', key = '', orderId = ''] = row.split('/');
    return { userId, key, orderId };
  });
  const orders = [...new Map(idempotencyKeys.map((row) => [row.orderId, row.userId]))].map(([id, userId]) => ({
    id,
    userId,
    sagaId: `s-${id}`,
    status: 'CONFIRMED' as const,
    totalMinor: 0,
    redeemPoints: 0,
    currency: 'USD',
    items: [],
  }));
  return harvestOf({ idempotencyKeys, orders });
}

const judge = (requests: readonly Request[], harvest: Harvest) =>
  verdictOf(requestsAreIdempotent, historyOf(requests), harvest);

describe('requests-are-idempotent', () => {
  it.each<[string, readonly Request[], Harvest]>([
    ['a request that was sent again', [{ key: 'k' }, { key: 'k' }], stored('u1/k/o1')],
    ['a copy that was refused while the first ran', [{ key: 'k', end: 'fail' }, { key: 'k' }], stored('u1/k/o1')],
    ['a key refused for another body', [{ key: 'k' }, { key: 'k', body: 'c', end: 'fail' }], stored('u1/k/o1')],
    ['one key of two users', [{ key: 'k' }, { key: 'k', user: 'u2', order: 'o2' }], stored('u1/k/o1', 'u2/k/o2')],
    ['an answer that was lost', [{ key: 'k' }, { key: 'l', end: 'info' }], stored('u1/k/o1', 'u1/l/o2')],
    ['an invalid request that left nothing', [{ key: 'k' }, { key: 'l', end: 'fail' }], stored('u1/k/o1')],
  ])('holds for %s', (_name, requests, harvest) => {
    expect(judge(requests, harvest)).toMatchObject({ outcome: 'holds' });
  });

  it.each<[string, readonly Request[], Harvest, string]>([
    ['two orders for one key', [{ key: 'k' }, { key: 'k', order: 'o2' }], stored('u1/k/o1'), 'with order o1'],
    ['two sagas for one key', [{ key: 'k' }, { key: 'k', saga: 'sx' }], stored('u1/k/o1'), 'saga sx'],
    ['the first answer for another body', [{ key: 'k' }, { key: 'k', body: 'c' }], stored('u1/k/o1'), 'another body'],
    ['one order for two keys', [{ key: 'k' }, { key: 'l' }], stored('u1/k/o1', 'u1/l/o1'), 'which belongs to key k'],
    [
      "another user's order",
      [{ key: 'k' }, { key: 'k', user: 'u2' }],
      stored('u1/k/o1', 'u2/k/o1'),
      'which belongs to',
    ],
    ['two rows for one key', [{ key: 'k' }], stored('u1/k/o1', 'u1/k/o2'), 'stored for two orders'],
    ['a row of another order', [{ key: 'k' }], stored('u1/k/o2'), 'but stored for o2'],
    ['a key that was forgotten', [{ key: 'k' }], stored(), 'the key is not stored'],
    [
      'an order for a refused request',
      [{ key: 'k' }, { key: 'l', end: 'fail' }],
      stored('u1/k/o1', 'u1/l/o2'),
      'every request was refused',
    ],
    [
      'a refusal after the acknowledgement',
      [{ key: 'k' }, { key: 'k', end: 'fail' }],
      stored('u1/k/o1'),
      'later refused for the same body',
    ],
    [
      'a second order that hides behind a request which came to nothing',
      [{ key: 'k' }, { key: 'l', end: 'info' }],
      stored('u1/k/o1', 'u1/another/o2'),
      'asked for 1',
    ],
    ['an order that nobody asked for', [{ key: 'k' }], stored('u1/k/o1', 'u1/another/o2'), 'asked for 1'],
  ])('is violated by %s', (_name, requests, harvest, message) => {
    const verdict = judge(requests, harvest);
    expect(verdict.outcome).toBe('violated');
    expect(verdict.violations.map((violation) => violation.message).join('\n')).toContain(message);
  });

  it('is violated by an answer that the request does not deserve, unless it is one to the load', () => {
    const answered = (values: Readonly<Record<string, unknown>>) => {
      const builder = new HistoryBuilder();
      builder.events.push(...historyOf([{ key: 'k' }]));
      return verdictOf(requestsAreIdempotent, builder.observe('unexpected-answer', values).build(), stored('u1/k/o1'));
    };
    const unexpected = { invocation: 0, op: 'place-order', expected: 400 };
    expect(answered({ ...unexpected, actual: 429 }).outcome).toBe('holds');
    expect(answered({ ...unexpected, actual: 201 }).violations).toMatchObject([
      { message: 'answered with 201 where 400 is due', entity: 'place-order at event 0', events: [0] },
    ]);
  });

  it('names both requests', () => {
    expect(judge([{ key: 'k' }, { key: 'k', order: 'o2' }], stored('u1/k/o1')).violations[0]).toMatchObject({
      entity: 'key k of user u1',
      events: [0, 1, 2, 3],
    });
  });

  it('is unknown when no request with a key was acknowledged', () => {
    expect(judge([{ key: '' }], stored()).outcome).toBe('unknown');
  });
});

describe('requests-are-idempotent, for payments', () => {
  const judged = (run: SimulatedRun) => verdictOf(requestsAreIdempotent, run.history(), run.harvest);
  const repeated = (): SimulatedRun =>
    simulateShop(smallPlan([], [plannedPayment({ isRepeated: true, isMisused: true })]));
  const again = (run: SimulatedRun, given: Readonly<Record<string, unknown>>, payment: string, saga = 'ps1'): void => {
    const input = { user_id: 'user-0', idempotency_key: 'key-1', body_id: 'pay-1', amount_minor: 2999, ...given };
    run.builder.operation('start-payment', input, 'ok', { output: { payment_id: payment, saga_id: saga } });
  };

  it('holds for a repeated, a misused and a keyless request, and for a key that an order has too', () => {
    const payments = [plannedPayment({ isRepeated: true, isMisused: true }), plannedPayment({ isKeyless: true })];
    expect(judged(simulateShop(smallPlan([plannedOrder()], payments)))).toMatchObject({
      outcome: 'holds',
      counts: { keys: 2, acknowledged: 2, stored: 2 },
    });
  });

  it.each<[string, (run: SimulatedRun) => void, string]>([
    [
      'two payments for one key',
      (run) => again(run, {}, 'payment-2', 'ps2'),
      'answered with payment payment-1 (saga ps1)',
    ],
    ['two sagas for one key', (run) => again(run, {}, 'payment-1', 'ps2'), 'payment-1 (saga ps2)'],
    ['another body that was accepted', (run) => again(run, { body_id: 'b' }, 'payment-1'), 'another body'],
    [
      'a key that was forgotten',
      (run) => {
        for (const row of run.harvest.paymentRequests) row.key = '';
      },
      'the key is not stored',
    ],
    [
      'a payment made twice under one key',
      (run) => run.harvest.paymentRequests.push(...run.harvest.paymentRequests.map((row) => ({ ...row, id: 'p2' }))),
      'stored for two payments',
    ],
    [
      'a keyless payment that nobody asked for',
      (run) =>
        run.harvest.paymentRequests.push(...run.harvest.paymentRequests.map((row) => ({ ...row, id: 'p2', key: '' }))),
      'has 2 payments but asked for 1',
    ],
  ])('is violated by %s', (_name, spoil, message) => {
    const run = repeated();
    spoil(run);
    const verdict = judged(run);
    expect(verdict.outcome).toBe('violated');
    expect(verdict.violations.map((violation) => violation.message).join('\n')).toContain(message);
  });
});

describeInvariant(requestsAreIdempotent, ['orders', 'idempotencyKeys', 'paymentRequests'], {
  'a key is stored for a second order': ({ harvest }, pick) => {
    harvest.idempotencyKeys.push({ ...pick(harvest.idempotencyKeys), orderId: 'another' });
  },
  'an acknowledged key is forgotten': ({ harvest }, pick) =>
    remove(harvest.idempotencyKeys, pick(harvest.idempotencyKeys.filter((row) => row.orderId === 'o1'))),
  'an order was made twice': ({ harvest }, pick) => {
    harvest.orders.push({ ...pick(harvest.orders), id: 'again' });
  },
  'the same request got another order': ({ builder }) => {
    const first = builder.events.find((event) => event.type === 'invoke');
    if (first?.type !== 'invoke') throw new Error('the run has a request');
    builder.operation('place-order', first.input, 'ok', { output: { order_id: 'another', saga_id: 's1' } });
  },
  'another body was accepted under the key': ({ builder }) => {
    const first = builder.events.find((event) => event.type === 'invoke');
    if (first?.type !== 'invoke') throw new Error('the run has a request');
    const output = { order_id: 'o1', saga_id: 's1' };
    builder.operation('place-order', { ...first.input, body_id: 'another' }, 'ok', { output });
  },
});
