import { describe, expect, it } from 'vitest';
import { decide, newOrder, type OrderStatus } from './order.ts';

describe('newOrder', () => {
  it('adds up to the cent what floating point would not', () => {
    const items = [
      { product_id: 'a', quantity: 3, price: 0.1 },
      { product_id: 'b', quantity: 2, price: 29.99 },
    ];
    const order = newOrder(
      { user_id: 'u', items, card: 'card-ok', currency: 'USD', redeem_points: 28 },
      { orderId: 'o', sagaId: 's' },
    );
    expect(order).toMatchObject({ totalMinor: 6_028, redeemPoints: 28 });
    expect(order.status).toBe('PENDING');
  });
});

describe('decide', () => {
  const order = (status: OrderStatus) => ({ status, sagaId: 's' });
  it.each([
    ['PENDING', 'confirm', { kind: 'changed', status: 'CONFIRMED' }],
    ['PENDING', 'cancel', { kind: 'changed', status: 'CANCELLED' }],
    ['CONFIRMED', 'confirm', { kind: 'unchanged' }],
    ['CANCELLED', 'cancel', { kind: 'unchanged' }],
    ['CONFIRMED', 'cancel', { kind: 'rejected', reason: 'order is CONFIRMED' }],
    ['CANCELLED', 'confirm', { kind: 'rejected', reason: 'order is CANCELLED' }],
  ] as const)('%s and %s', (status, action, decision) => {
    expect(decide(order(status), action, 's')).toEqual(decision);
  });

  it('rejects what concerns no order of the saga', () => {
    expect(decide(undefined, 'confirm', 's')).toMatchObject({ kind: 'rejected' });
    expect(decide(order('PENDING'), 'confirm', 'other')).toMatchObject({ kind: 'rejected' });
  });
});
