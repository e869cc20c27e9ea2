import fc from 'fast-check';
import { expect, it } from 'vitest';
import { replay } from './replay.ts';
import type { StoredEvent } from './stored-event.ts';

const event = (version: number, type: string, data: unknown, topic = 'order.events'): StoredEvent => ({
  ...{ position: version, messageId: `m${version}`, topic, partition: 0, offset: String(version) },
  ...{ aggregateId: 'a', version, type, data, headers: {}, storedAt: new Date(0) },
});

const ORDER = {
  ...{ order_id: 'a', saga_id: 's', user_id: 'u', total_minor: 500, currency: 'USD', card: 'card-ok' },
  ...{ redeem_points: 20, items: [{ product_id: 'p', quantity: 1, price_minor: 500 }] },
};
const created = event(1, 'order.created', ORDER);
const { order_id: _id, ...fields } = ORDER;

it('folds an order from its creation to its end', () => {
  expect(replay('order.events', [created])).toEqual({
    ...{ state: { id: 'a', ...fields, status: 'PENDING' }, version: 1, events: 1, missing: null },
  });
  const history = [
    created,
    event(2, 'order.cancel-requested', { saga_id: 's', order_id: 'a', reason: 'no' }),
    event(3, 'order.cancelled', { order_id: 'a', saga_id: 's', status: 'CANCELLED' }),
  ];
  expect(replay('order.events', history)).toEqual({
    ...{ state: { id: 'a', ...fields, status: 'CANCELLED' }, version: 3, events: 3, missing: null },
  });
});

it.each([
  ['payment.events', 'payment.captured', { amount_minor: 5, status: 'CAPTURED' }],
  ['inventory.events', 'stock.reserved', { product_id: 'p', quantity: 2, status: 'RESERVED' }],
  ['notification.events', 'notification.sent', { kind: 'confirmation', channel: 'sms' }, { status: 'SENT' }],
  ['user.events', 'user.limit-held', { spending_limit_minor: 9, spent_minor: 4 }],
  ['wallet.events', 'wallet.topped-up', { points: 3, balance_minor: 4 }],
  ['saga.events', 'saga.completed', { type: 'order', state: 'COMPLETED' }],
])('folds %s', (topic, type, data, derived?: object) => {
  expect(replay(topic, [event(1, type, data, topic)])?.state).toEqual({ id: 'a', ...data, ...derived });
});

it('stops before a gap and says where it is', () => {
  const confirmed = event(4, 'order.confirmed', { status: 'CONFIRMED' });
  expect(replay('order.events', [created, confirmed])).toMatchObject({
    ...{ state: { status: 'PENDING' }, version: 1, events: 1, missing: [2, 3] },
  });
  expect(replay('order.events', [confirmed])).toEqual({ state: null, version: 0, events: 0, missing: [1, 3] });
  expect(replay('order.events', [])).toBeUndefined();
});

it('lets an event of an unknown type, or of no shape at all, change nothing', () => {
  fc.assert(
    fc.property(fc.anything(), (data) => {
      const alone = replay('order.events', [created]);
      const followed = replay('order.events', [created, event(2, 'order.renamed', { elsewhere: data })]);
      expect(followed?.state).toEqual(alone?.state);
      expect(() => replay('order.events', [event(1, 'order.created', data)])).not.toThrow();
    }),
  );
});

const STATUSES = ['PENDING', 'CAPTURED', 'REVERSING', 'REFUNDED', undefined] as const;

it('goes on from any prefix as if it had never stopped, and ends with the last value of each field', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ status: fc.constantFrom(...STATUSES), amount_minor: fc.nat() }), { minLength: 1 }),
      (values) => {
        // `undefined` stands for a field that the event does not carry.
        const carried = values.map((value) => JSON.parse(JSON.stringify(value)));
        const history = carried.map((data, index) => event(index + 1, 'payment.changed', data, 'payment.events'));
        const replayed = replay('payment.events', history);
        expect(replayed).toMatchObject({ version: values.length, events: values.length, missing: null });
        expect(replayed?.state).toEqual({ id: 'a', ...Object.assign({}, ...carried) });
      },
    ),
  );
});
