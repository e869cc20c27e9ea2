import type { History } from '../history/history.ts';
import { defineInvariant } from '../model/define-invariant.ts';
import { Findings } from '../model/findings.ts';
import type { OrderRow } from '../model/harvest.ts';
import { ordersById, sagasById } from '../model/harvest-index.ts';
import { firstDivergentHop } from '../model/message-trail.ts';
import { orderReads } from '../model/order-reads.ts';
import { type AskedItem, acknowledgements, type PlaceOrder, placeOrders } from '../model/place-orders.ts';

/**
 * What a client was told is never gone (recovery point objective zero): an acknowledged order is stored under its id, user, saga,
 * items and total as asked for, its saga was started, and no later read answers 404. Unknown when no
 * order was acknowledged.
 */
export const noLostOrders = defineInvariant({
  name: 'no-lost-orders',
  summary: 'an order that a client saw acknowledged exists, as it was asked for, and its saga was started',
  needs: ['orders', 'sagas', 'outbox', 'inbox', 'topics', 'subscriptions'],
  check(history, harvest) {
    const findings = new Findings();
    const orders = ordersById(harvest);
    let acknowledged = 0;
    for (const request of placeOrders(history)) {
      if (request.end !== 'ok') continue;
      acknowledged += 1;
      const events = [request.invocation, request.completion];
      const order = orders.get(request.orderId);
      if (order === undefined) {
        findings.violate('acknowledged to the client, but not stored', {
          entity: `order ${request.orderId}`,
          hop: 'client -> order',
          events,
        });
        continue;
      }
      const difference = firstDifference(request, order);
      if (difference !== undefined) {
        findings.violate(difference, { entity: `order ${order.id}`, hop: 'client -> order', events });
      }
      if (!sagasById(harvest).has(order.sagaId)) {
        findings.violate(`its saga ${order.sagaId} was never started`, {
          entity: `order ${order.id}`,
          hop: firstDivergentHop(harvest, order.id),
          events,
        });
      }
    }
    checkReads(history, findings);
    return findings.verdict({ acknowledged, stored: orders.size }, acknowledged, 'no order was acknowledged');
  },
});

function firstDifference(request: PlaceOrder, order: OrderRow): string | undefined {
  if (order.userId !== request.userId) return `stored for user ${order.userId}, asked for by ${request.userId}`;
  if (order.sagaId !== request.sagaId) return `stored with saga ${order.sagaId}, acknowledged with ${request.sagaId}`;
  const total = request.items.reduce((sum, item) => sum + item.quantity * item.priceMinor, 0);
  if (order.totalMinor !== total) return `stored with total ${order.totalMinor}, asked for ${total} (minor units)`;
  return hasSameItems(request.items, order.items) ? undefined : 'stored with other items than asked for';
}

function hasSameItems(asked: readonly AskedItem[], stored: readonly AskedItem[]): boolean {
  if (asked.length !== stored.length) return false;
  const isSame = (a: AskedItem, b: AskedItem | undefined): boolean =>
    a.productId === b?.productId && a.quantity === b.quantity && a.priceMinor === b.priceMinor;
  if (asked.every((item, index) => isSame(item, stored[index]))) return true;
  const text = (items: readonly AskedItem[]): string =>
    items
      .map(({ productId, quantity, priceMinor }) => `${productId} ${quantity} ${priceMinor}`)
      .sort()
      .join();
  return text(asked) === text(stored);
}

function checkReads(history: History, findings: Findings): void {
  const acknowledged = acknowledgements(history);
  for (const { orderId, events } of orderReads(history).notFound) {
    const request = acknowledged.get(orderId);
    if (request === undefined || request.completion > events[0]) continue;
    findings.violate('acknowledged, and a later read did not find it', {
      entity: `order ${orderId}`,
      hop: 'order -> client',
      events: [request.completion, ...events],
    });
  }
}
