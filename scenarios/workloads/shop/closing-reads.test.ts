import { expect, it } from 'vitest';
import { closingReads } from './closing-reads.ts';

it('reads every order and payment once more, none twice', () => {
  const place = { id: 'order-1', atMs: 5, op: 'place-order', input: {} };
  const requests = [
    place,
    { id: 'order-1-cancel', atMs: 5, op: 'cancel-order', after: 'order-1', input: {} },
    { id: 'order-1-other', atMs: 5, op: 'place-order', after: 'order-1', input: {} },
    { ...place, id: 'order-2' },
    { ...place, id: 'payment-1', op: 'start-payment' },
  ];
  expect(closingReads(requests)).toEqual([
    { id: 'order-1-closing', atMs: 0, op: 'get-order', after: 'order-1', input: {} },
    { id: 'order-2-closing', atMs: 15, op: 'get-order', after: 'order-2', input: {} },
    { id: 'payment-1-closing', atMs: 30, op: 'get-payment', after: 'payment-1', input: {} },
  ]);
});
