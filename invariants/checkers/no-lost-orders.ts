import { checkCancellations } from '../clauses/acknowledged-cancellations.ts';
import type { History } from '../history/history.ts';
import { defineInvariant } from '../model/define-invariant.ts';
import { Findings } from '../model/findings.ts';
import type { Harvest, OrderRow } from '../model/harvest.ts';
import { ordersById, paymentRequestsById, sagasById } from '../model/harvest-index.ts';
import { firstDivergentHop } from '../model/message-trail.ts';
import { type AskedItem, acknowledgedOrders, type PlaceOrder, placeOrders } from '../model/place-orders.ts';
import type { Request } from '../model/request.ts';
import { acknowledgedPayments, startPayments } from '../model/start-payments.ts';
import { subjectReads } from '../model/subject-reads.ts';

/**
 * What a client was told is never gone (recovery point objective zero): an acknowledged order is stored under its id, user, saga,
 * items, points and total as asked for, an acknowledged payment under its id, user, saga and amount; its saga was started, an
 * acknowledged cancellation reached the outbox, and no later read answers 404. Unknown when nothing was acknowledged.
 */
export const noLostOrders = defineInvariant({
  name: 'no-lost-orders',
  summary:
    'an order or payment that a client saw acknowledged exists, as it was asked for, its saga was started, and an acknowledged cancellation was passed on',
  needs: ['orders', 'paymentRequests', 'sagas', 'outbox', 'inbox', 'topics', 'subscriptions'],
  check(history, harvest) {
    const findings = new Findings();
    const stored = ordersById(harvest);
    const orders = checkStored(placeOrders(history), {
      harvest,
      findings,
      kind: 'order',
      keeper: 'order',
      difference: (request) => {
        const order = stored.get(request.subjectId);
        return order === undefined ? NOT_STORED : firstDifference(request, order);
      },
    });
    const requests = paymentRequestsById(harvest);
    const payments = checkStored(startPayments(history), {
      harvest,
      findings,
      kind: 'payment',
      keeper: 'orchestrator',
      difference: (request) => {
        const row = requests.get(request.subjectId);
        if (row === undefined) return NOT_STORED;
        if (row.amountMinor === request.amountMinor) return differentOwner(request, row);
        return `stored with amount ${row.amountMinor}, asked for ${request.amountMinor} (minor units)`;
      },
    });
    checkReads(history, findings);
    const cancellations = checkCancellations(history, harvest, findings);
    const acknowledged = orders + payments;
    const counts = { acknowledged, cancellations, stored: stored.size + requests.size };
    return findings.verdict(counts, acknowledged, 'no order and no payment was acknowledged');
  },
});

const NOT_STORED = 'acknowledged to the client, but not stored';

interface Kept<R> {
  readonly harvest: Harvest;
  readonly findings: Findings;
  readonly kind: 'order' | 'payment';
  /** The service that keeps them. */
  readonly keeper: string;
  difference(request: R): string | undefined;
}

/** Returns how many requests were acknowledged. */
function checkStored<R extends Request>(requests: readonly R[], kept: Kept<R>): number {
  const { harvest, findings, kind, keeper } = kept;
  const sagas = sagasById(harvest);
  let acknowledged = 0;
  for (const request of requests) {
    if (request.end !== 'ok') continue;
    acknowledged += 1;
    const { subjectId, sagaId } = request;
    const place = { entity: `${kind} ${subjectId}`, events: [request.invocation, request.completion] };
    const difference = kept.difference(request);
    if (difference !== undefined) findings.violate(difference, { ...place, hop: `client -> ${keeper}` });
    if (difference === NOT_STORED || sagas.has(sagaId)) continue;
    const hop = firstDivergentHop(harvest, subjectId);
    findings.violate(`its saga ${sagaId} was never started`, { ...place, hop });
  }
  return acknowledged;
}

function differentOwner(
  { userId, sagaId }: Request,
  stored: { readonly userId: string; readonly sagaId: string },
): string | undefined {
  if (stored.userId !== userId) return `stored for user ${stored.userId}, asked for by ${userId}`;
  return stored.sagaId === sagaId ? undefined : `stored with saga ${stored.sagaId}, acknowledged with ${sagaId}`;
}

function firstDifference(request: PlaceOrder, order: OrderRow): string | undefined {
  const owner = differentOwner(request, order);
  if (owner !== undefined) return owner;
  const total = request.items.reduce((sum, item) => sum + item.quantity * item.priceMinor, 0);
  if (order.totalMinor !== total) return `stored with total ${order.totalMinor}, asked for ${total} (minor units)`;
  if (order.redeemPoints !== request.redeemPoints) {
    return `stored with ${order.redeemPoints} points to redeem, asked for ${request.redeemPoints}`;
  }
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
  for (const { subjectId, events } of subjectReads(history).notFound) {
    const order = acknowledgedOrders(history).get(subjectId);
    const request = order ?? acknowledgedPayments(history).get(subjectId);
    if (request === undefined || request.completion > events[0]) continue;
    findings.violate('acknowledged, and a later read did not find it', {
      entity: order === undefined ? `payment ${subjectId}` : `order ${subjectId}`,
      hop: order === undefined ? 'orchestrator -> client' : 'order -> client',
      events: [request.completion, ...events],
      isFinal: true,
    });
  }
}
