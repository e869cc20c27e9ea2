import { describe, expect, it } from 'vitest';
import { decideCancel, decideConfirm, decideExpire, decideReserve } from './decide-hold.ts';
import { type Hold, type HoldStatus, mergeLines, reservationId } from './hold.ts';
import { stockChange } from './stock-change.ts';

const lines = [
  { productId: 'a', quantity: 2 },
  { productId: 'b', quantity: 1 },
];
const hold = (status: HoldStatus): Hold => ({
  id: 's1',
  orderId: 'o1',
  sagaId: 's1',
  status,
  lines,
  expiresAtMs: 1_000,
  refusal: undefined,
});
const DONE = { outcome: 'done' };

describe('reserve', () => {
  it('takes all lines when all are there', () => {
    const stock = new Map([
      ['a', 2],
      ['b', 1],
    ]);
    expect(decideReserve(undefined, lines, stock)).toEqual({ to: 'RESERVED', answer: DONE });
  });

  it.each([
    [
      'too few',
      new Map([
        ['a', 5],
        ['b', 0],
      ]),
      0,
    ],
    ['an unknown product', new Map([['a', 5]]), 0],
  ])('refuses everything for %s, naming the shortage', (_name, stock, available) => {
    expect(decideReserve(undefined, lines, stock)).toEqual({
      to: 'REJECTED',
      answer: {
        outcome: 'rejected',
        reason: 'insufficient stock',
        details: { product_id: 'b', available, requested: 1 },
      },
    });
  });

  it('answers the same command the same way without doing it again', () => {
    const refusal = { reason: 'insufficient stock', details: { product_id: 'b', available: 0, requested: 1 } };
    const plenty = new Map([
      ['a', 9],
      ['b', 9],
    ]);
    expect(decideReserve(hold('RESERVED'), lines, plenty)).toEqual({ to: undefined, answer: DONE });
    expect(decideReserve(hold('CONFIRMED'), lines, plenty)).toEqual({ to: undefined, answer: DONE });
    expect(decideReserve({ ...hold('REJECTED'), refusal }, lines, plenty)).toEqual({
      to: undefined,
      answer: { outcome: 'rejected', ...refusal },
    });
  });

  it.each(['CANCELLED', 'EXPIRED'] as const)('does nothing once the hold is %s', (status) => {
    const decision = decideReserve(
      hold(status),
      lines,
      new Map([
        ['a', 9],
        ['b', 9],
      ]),
    );
    expect(decision).toEqual({ to: undefined, answer: { outcome: 'rejected', reason: `reservation is ${status}` } });
  });
});

describe('confirm', () => {
  it('sells what is reserved and not overdue', () => {
    expect(decideConfirm(hold('RESERVED'), 999)).toEqual({ to: 'CONFIRMED', answer: DONE });
    expect(decideConfirm(hold('CONFIRMED'), 5_000)).toEqual({ to: undefined, answer: DONE });
  });

  it('expires what is overdue, also when the sweeper has not been there', () => {
    const answer = { outcome: 'rejected', reason: 'reservation is EXPIRED' };
    expect(decideConfirm(hold('RESERVED'), 1_000)).toEqual({ to: 'EXPIRED', answer });
    expect(decideConfirm(hold('EXPIRED'), 999)).toEqual({ to: undefined, answer });
  });

  it.each([undefined, hold('CANCELLED'), hold('REJECTED')])('refuses when nothing is held', (held) => {
    expect(decideConfirm(held, 0)).toMatchObject({ to: undefined, answer: { outcome: 'rejected' } });
  });
});

describe('cancel', () => {
  it('returns what is reserved, and leaves a tombstone when nothing is', () => {
    expect(decideCancel(hold('RESERVED'))).toEqual({ to: 'CANCELLED', answer: DONE });
    expect(decideCancel(undefined)).toEqual({ to: 'CANCELLED', answer: DONE });
  });

  it.each(['CANCELLED', 'EXPIRED', 'REJECTED'] as const)('has nothing to do when the hold is %s', (status) => {
    expect(decideCancel(hold(status))).toEqual({ to: undefined, answer: DONE });
  });

  it('refuses what is sold', () => {
    expect(decideCancel(hold('CONFIRMED'))).toMatchObject({ to: undefined, answer: { outcome: 'rejected' } });
  });
});

describe('expire', () => {
  it('touches only what is reserved and overdue', () => {
    expect(decideExpire(hold('RESERVED'), 1_000).to).toBe('EXPIRED');
    expect(decideExpire(hold('RESERVED'), 999).to).toBeUndefined();
    for (const status of ['CONFIRMED', 'CANCELLED', 'EXPIRED', 'REJECTED'] as const) {
      expect(decideExpire(hold(status), 9_999).to).toBeUndefined();
    }
    expect(decideExpire(undefined, 9_999).to).toBeUndefined();
  });
});

describe('stock change', () => {
  it('does nothing for a tombstone or a rejection', () => {
    expect(stockChange(undefined, 'CANCELLED')).toBeUndefined();
    expect(stockChange(undefined, 'REJECTED')).toBeUndefined();
  });

  it('refuses a change of a hold that has ended', () => {
    expect(() => stockChange('EXPIRED', 'CONFIRMED')).toThrow(/EXPIRED cannot become CONFIRMED/);
    expect(() => stockChange('RESERVED', 'REJECTED')).toThrow(/RESERVED cannot become REJECTED/);
  });
});

describe('lines', () => {
  it('merges a product that is listed twice and sorts', () => {
    const twice = [
      { productId: 'b', quantity: 1 },
      { productId: 'a', quantity: 2 },
      { productId: 'b', quantity: 3 },
    ];
    expect(mergeLines(twice)).toEqual([
      { productId: 'a', quantity: 2 },
      { productId: 'b', quantity: 4 },
    ]);
  });

  it('names a reservation after its saga and product', () => {
    expect(reservationId({ id: 's1', sagaId: 's1' }, 'a')).toBe('s1:a');
    expect(reservationId({ id: 'r1', sagaId: undefined }, 'a')).toBe('r1');
  });
});
