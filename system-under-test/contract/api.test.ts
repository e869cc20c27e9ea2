import { expect, it } from 'vitest';
import { createOrderSchema, createPaymentSchema, nameSchema, putUserSchema } from './api.ts';
import { ORDER_ENDPOINTS } from './endpoints/order.ts';

const order = (price: number) => ({ user_id: 'u', items: [{ product_id: 'p', quantity: 1, price }] });

it.each([0, 0.01, 0.1, 29.99, 1_000_000])('%d is a price', (price) => {
  expect(createOrderSchema.safeParse(order(price)).success).toBe(true);
});

it.each([5e-324, 0.001, 0.009, 1.005, -0.01, 1_000_000.01])('%d is no price, for one reason', (price) => {
  expect(createOrderSchema.safeParse(order(price)).error?.issues).toHaveLength(1);
});

it.each([0, 5e-324, 0.005])('%d is nothing to pay', (amount) => {
  expect(createPaymentSchema.safeParse({ amount, user_id: 'u' }).success).toBe(false);
});

it.each(['a\u0000', 'a\n', '\u009f', '\ud800', '', 'x'.repeat(65)])('%j is no name', (name) => {
  expect(nameSchema.safeParse(name).success).toBe(false);
});

it.each(['\u0000', '\ud800', '', 'x'.repeat(201)])('%j is no reason to cancel', (reason) => {
  expect(ORDER_ENDPOINTS.cancel.body?.safeParse({ reason }).success).toBe(false);
});

it.each([
  ['anna@example.org', true],
  ['anna@example-.org', false],
  ['anna', false],
])('%s is an address: %s', (email, isOne) => {
  expect(putUserSchema.safeParse({ name: 'Anna', email }).success).toBe(isOne);
});
