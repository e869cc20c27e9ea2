import { describe, expect, it } from 'vitest';
import type { OrderRow, ProductRow, ReservationRow } from '../model/harvest.ts';
import { describeInvariant, verdictOf } from '../testing/conformance.ts';
import { harvestOf } from '../testing/empty-harvest.ts';
import { HistoryBuilder } from '../testing/history-builder.ts';
import { stockIsConserved } from './stock-is-conserved.ts';

const order = (id: string, status: OrderRow['status'], quantity = 2): OrderRow => ({
  id,
  userId: 'u1',
  sagaId: `s-${id}`,
  status,
  totalMinor: 100 * quantity,
  redeemPoints: 0,
  currency: 'USD',
  items: [{ productId: 'p1', quantity, priceMinor: 100 }],
});

let made = 0;
const reservation = (orderId: string, status: ReservationRow['status'], quantity = 2): ReservationRow => {
  made += 1;
  return { id: `r${made}`, productId: 'p1', orderId, quantity, status };
};

const product = (available: number, reserved: number, total = available + reserved, initial = 10): ProductRow => ({
  id: 'p1',
  initial,
  available,
  reserved,
  total,
});

const judge = (orders: readonly OrderRow[], reservations: readonly ReservationRow[], row: ProductRow) =>
  verdictOf(stockIsConserved, new HistoryBuilder().build(), harvestOf({ orders, reservations, products: [row] }));

describe('stock-is-conserved', () => {
  it.each([
    ['sold', [order('a', 'CONFIRMED')], [reservation('a', 'CONFIRMED')], product(8, 0)],
    ['given back', [order('a', 'CANCELLED')], [reservation('a', 'CANCELLED')], product(10, 0)],
    ['expired', [order('a', 'CANCELLED')], [reservation('a', 'EXPIRED')], product(10, 0)],
    ['under way', [order('a', 'PENDING')], [reservation('a', 'RESERVED')], product(8, 2)],
    ['reserved directly, for no order of the shop', [], [reservation('direct', 'RESERVED')], product(8, 2)],
    [
      'sold out to the last piece',
      [order('a', 'CONFIRMED', 6), order('b', 'CONFIRMED', 4)],
      [reservation('a', 'CONFIRMED', 6), reservation('b', 'CONFIRMED', 4)],
      product(0, 0),
    ],
  ])('holds for stock that was %s', (_name, orders, reservations, row) => {
    expect(judge(orders, reservations, row).outcome).toBe('holds');
  });

  it.each([
    [
      'units lost',
      [order('a', 'CONFIRMED')],
      [reservation('a', 'CONFIRMED')],
      product(7, 0),
      'initially there were 10',
    ],
    [
      'units made up',
      [order('a', 'CANCELLED')],
      [reservation('a', 'CANCELLED')],
      product(12, 0),
      'initially there were 10',
    ],
    [
      'negative stock',
      [order('a', 'CONFIRMED', 12)],
      [reservation('a', 'CONFIRMED', 12)],
      product(-2, 0),
      'negative stock',
    ],
    [
      'reserved without a reservation',
      [],
      [reservation('x', 'CANCELLED')],
      product(8, 2),
      'open reservations sum up to 0',
    ],
    ['a wrong total', [order('a', 'CONFIRMED')], [reservation('a', 'CONFIRMED')], product(8, 0, 9), 'total 9 is not'],
    [
      'a reservation made twice',
      [order('a', 'CONFIRMED')],
      [reservation('a', 'CONFIRMED'), reservation('a', 'CONFIRMED')],
      product(6, 0),
      '4 sold for it',
    ],
    [
      'a second one left open',
      [order('a', 'CONFIRMED')],
      [reservation('a', 'CONFIRMED'), reservation('a', 'RESERVED')],
      product(6, 2),
      '2 are reserved',
    ],
    [
      'a sale without a reservation',
      [order('a', 'CONFIRMED')],
      [reservation('a', 'EXPIRED')],
      product(10, 0),
      '0 sold for it',
    ],
    [
      'a hold for a cancelled order',
      [order('a', 'CANCELLED')],
      [reservation('a', 'RESERVED')],
      product(8, 2),
      '2 are reserved',
    ],
    [
      'too much held for a pending one',
      [order('a', 'PENDING')],
      [reservation('a', 'RESERVED', 3)],
      product(7, 3),
      'asked for 2',
    ],
  ])('is violated by %s', (_name, orders, reservations, row, message) => {
    const verdict = judge(orders, reservations, row);
    expect(verdict.outcome).toBe('violated');
    expect(verdict.violations.map((violation) => violation.message).join('\n')).toContain(message);
    expect(verdict.violations[0]?.entity).toBe('product p1');
  });

  it('is violated by a reservation of a product that does not exist', () => {
    const harvest = harvestOf({
      reservations: [{ ...reservation('a', 'RESERVED'), productId: 'p9' }],
      products: [product(10, 0)],
    });
    expect(verdictOf(stockIsConserved, new HistoryBuilder().build(), harvest).violations[0]?.entity).toBe('product p9');
  });

  it('is unknown when nothing was ever reserved', () => {
    expect(judge([], [], product(10, 0)).outcome).toBe('unknown');
  });
});

describeInvariant(stockIsConserved, ['orders', 'products', 'reservations'], {
  'a unit is lost': ({ harvest }, pick) => {
    pick(harvest.products).available -= 1;
  },
  'a unit is counted as reserved': ({ harvest }, pick) => {
    pick(harvest.products).reserved += 1;
  },
  'a total is wrong': ({ harvest }, pick) => {
    pick(harvest.products).total += 1;
  },
  'a reservation stands twice': ({ harvest }, pick) => {
    const sold = pick(harvest.reservations.filter((reservation) => reservation.status === 'CONFIRMED'));
    harvest.reservations.push({ ...sold, id: 'again' });
  },
  'a sale is booked under another order': ({ harvest }, pick) => {
    pick(harvest.reservations.filter((reservation) => reservation.status === 'CONFIRMED')).orderId = 'o2';
  },
});
