import type { History } from '../history/history.ts';
import { acknowledgementOf } from '../model/acknowledgement-of.ts';
import { defineInvariant } from '../model/define-invariant.ts';
import { Findings } from '../model/findings.ts';
import type { Harvest, OrderRow, ReservationRow } from '../model/harvest.ts';
import { ordersById, reservationsByOrder } from '../model/harvest-index.ts';

const HOP = 'reservation -> product';

/**
 * Per product: available + reserved + sold = initial, no figure is negative, reserved is the sum of the open reservations and
 * total is available + reserved (sold = confirmed reservations). Per order and product: a confirmed order has bought exactly
 * what it asked for, a cancelled one holds nothing, a pending one holds at most what it asked for; so a reservation made twice
 * or sold to somebody else shows even when the sums agree. Reservations for ids that are no order (made directly) take part in
 * the sums only. Unknown without products or without reservations.
 */
export const stockIsConserved = defineInvariant({
  name: 'stock-is-conserved',
  summary: 'available + reserved + sold = initial for every product, and nothing is sold that is not there',
  needs: ['orders', 'products', 'reservations'],
  check(history, harvest) {
    const findings = new Findings();
    checkProducts(harvest, findings);
    checkOrders(history, harvest, findings);
    const counts = { products: harvest.products.length, reservations: harvest.reservations.length };
    const relevant = Math.min(harvest.products.length, harvest.reservations.length);
    return findings.verdict(counts, relevant, 'no product, or no reservation was ever made');
  },
});

interface Stock {
  reserved: number;
  sold: number;
}

function checkProducts(harvest: Harvest, findings: Findings): void {
  const stocks = new Map<string, Stock>(harvest.products.map((product) => [product.id, { reserved: 0, sold: 0 }]));
  for (const { id, productId, quantity, status } of harvest.reservations) {
    const stock = stocks.get(productId);
    if (stock === undefined) {
      findings.violate(`reservation ${id} is for a product that does not exist`, {
        entity: `product ${productId}`,
        hop: HOP,
      });
    } else if (status === 'RESERVED') stock.reserved += quantity;
    else if (status === 'CONFIRMED') stock.sold += quantity;
  }
  for (const product of harvest.products) {
    const { reserved, sold } = stocks.get(product.id) ?? { reserved: 0, sold: 0 };
    const place = { entity: `product ${product.id}`, hop: HOP };
    const { available, initial } = product;
    if (available < 0 || product.reserved < 0 || product.total < 0) {
      findings.violate(
        `negative stock: available ${available}, reserved ${product.reserved}, total ${product.total}`,
        place,
      );
    }
    if (available + product.reserved + sold !== initial) {
      const sum = `available ${available} + reserved ${product.reserved} + sold ${sold}`;
      findings.violate(`${sum} = ${available + product.reserved + sold}, but initially there were ${initial}`, place);
    }
    if (product.reserved !== reserved) {
      findings.violate(`reserved ${product.reserved}, but its open reservations sum up to ${reserved}`, place);
    }
    if (product.total !== available + product.reserved) {
      findings.violate(`total ${product.total} is not available ${available} + reserved ${product.reserved}`, place);
    }
  }
}

function checkOrders(history: History, harvest: Harvest, findings: Findings): void {
  const reservations = reservationsByOrder(harvest);
  for (const order of ordersById(harvest).values()) {
    const wrong = firstMismatch(order, reservations.get(order.id) ?? []);
    if (wrong === undefined) continue;
    const { productId, asked, reserved, sold } = wrong;
    findings.violate(
      `order ${order.id} is ${order.status} and asked for ${asked}, but ${reserved} are reserved and ${sold} sold for it`,
      { entity: `product ${productId}`, hop: 'order -> reservation', events: acknowledgementOf(history, order.id) },
    );
  }
}

interface Need extends Stock {
  readonly productId: string;
  asked: number;
}

function firstMismatch(order: OrderRow, reservations: readonly ReservationRow[]): Need | undefined {
  // Orders have a handful of items: a list is faster than a map per order.
  const needs: Need[] = [];
  const needOf = (productId: string): Need => {
    let need = needs.find((candidate) => candidate.productId === productId);
    if (need === undefined) {
      need = { productId, asked: 0, reserved: 0, sold: 0 };
      needs.push(need);
    }
    return need;
  };
  for (const item of order.items) needOf(item.productId).asked += item.quantity;
  for (const { productId, status, quantity } of reservations) {
    if (status === 'RESERVED') needOf(productId).reserved += quantity;
    else if (status === 'CONFIRMED') needOf(productId).sold += quantity;
  }
  return needs.find(({ asked, reserved, sold }) => {
    if (order.status === 'CONFIRMED') return sold !== asked || reserved !== 0;
    if (order.status === 'CANCELLED') return sold !== 0 || reserved !== 0;
    return reserved + sold > asked;
  });
}
