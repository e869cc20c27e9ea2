import type { History } from '../history/history.ts';
import { defineInvariant } from '../model/define-invariant.ts';
import { Findings } from '../model/findings.ts';
import type { Harvest, OrderRow, SagaRow } from '../model/harvest.ts';
import {
  notificationsByOrder,
  ordersById,
  paymentsByOrder,
  reservationsByOrder,
  sagasById,
  sagasByOrder,
} from '../model/harvest-index.ts';
import { ledgerByOrder, netMinor } from '../model/ledger.ts';
import { orderReads } from '../model/order-reads.ts';
import { acknowledgementOf } from '../model/place-orders.ts';

/**
 * All parts of the system agree with the outcome of an order's saga. COMPLETED: order CONFIRMED, all its items in confirmed
 * reservations and nothing more, one captured payment, the acquirer holds the total, a confirmation and no cancellation. COMPENSATED:
 * order CANCELLED, nothing reserved or sold, no payment captured, the acquirer holds nothing, a cancellation and no confirmation. One
 * saga per order, and a final status that a client has read stays. Sagas under way are left to
 * `every-saga-ends`; unknown when none has ended.
 */
export const sagaIsConsistent = defineInvariant({
  name: 'saga-is-consistent',
  summary: "order, reservations, payment, acquirer and messages agree with the saga's outcome",
  needs: ['orders', 'sagas', 'reservations', 'payments', 'notifications', 'acquirer'],
  check(history, harvest) {
    const findings = new Findings();
    let ended = 0;
    for (const saga of sagasById(harvest).values()) {
      const order = ordersById(harvest).get(saga.orderId);
      const isEnded = saga.state === 'COMPLETED' || saga.state === 'COMPENSATED';
      if (isEnded) ended += 1;
      const violate: Violate = (message, hop) => {
        const events = acknowledgementOf(history, saga.orderId);
        findings.violate(`saga ${saga.id} is ${saga.state}, but ${message}`, {
          entity: `order ${saga.orderId}`,
          hop,
          events,
        });
      };
      if (order === undefined) violate('its order does not exist', 'order -> orchestrator');
      else {
        if (order.sagaId !== saga.id) violate(`its order belongs to saga ${order.sagaId}`, 'order -> orchestrator');
        if (isEnded) checkOutcome(harvest, saga, order, violate);
      }
    }
    for (const [orderId, sagas] of sagasByOrder(harvest)) {
      if (sagas.length === 1) continue;
      const ids = sagas.map((saga) => saga.id).join(', ');
      findings.violate(`${sagas.length} sagas: ${ids}`, { entity: `order ${orderId}`, hop: 'order -> orchestrator' });
    }
    checkReads(history, harvest, findings);
    return findings.verdict({ sagas: harvest.sagas.length, ended }, ended, 'no saga has ended');
  },
});

type Violate = (message: string, hop: string) => void;

function checkOutcome(harvest: Harvest, saga: SagaRow, order: OrderRow, violate: Violate): void {
  const isCompleted = saga.state === 'COMPLETED';
  const status = isCompleted ? 'CONFIRMED' : 'CANCELLED';
  if (order.status !== status) violate(`its order is ${order.status}`, 'orchestrator -> order');

  const stock = stockDifference(harvest, order, isCompleted);
  if (stock !== undefined) violate(stock, 'orchestrator -> inventory');

  let captured = 0;
  for (const payment of paymentsByOrder(harvest).get(order.id) ?? []) {
    if (payment.status === 'CAPTURED') captured += 1;
    if (payment.status === 'PENDING' || payment.status === 'REVERSING') {
      violate(`payment ${payment.id} is still ${payment.status}`, 'orchestrator -> payment');
    }
  }
  const expected = isCompleted ? 1 : 0;
  if (captured !== expected)
    violate(`${captured} of its payments are CAPTURED, not ${expected}`, 'orchestrator -> payment');

  const net = netMinor(ledgerByOrder(harvest).get(order.id));
  const owed = isCompleted ? order.totalMinor : 0;
  if (net !== owed) violate(`the acquirer holds ${net} for it, not ${owed} (minor units)`, 'payment -> acquirer');

  const kind = isCompleted ? 'confirmation' : 'cancellation';
  const messages = notificationsByOrder(harvest).get(order.id) ?? [];
  if (!messages.some((message) => message.kind === kind))
    violate(`there is no ${kind} message`, 'orchestrator -> notification');
  const wrong = messages.find((message) => message.kind !== kind);
  if (wrong !== undefined) violate(`there is a ${wrong.kind} message, ${wrong.id}`, 'orchestrator -> notification');
}

function stockDifference(harvest: Harvest, order: OrderRow, isCompleted: boolean): string | undefined {
  const due = new Map<string, number>();
  if (isCompleted) {
    for (const { productId, quantity } of order.items) due.set(productId, (due.get(productId) ?? 0) + quantity);
  }
  for (const { id, productId, quantity, status } of reservationsByOrder(harvest).get(order.id) ?? []) {
    if (status === 'RESERVED') return `reservation ${id} is still RESERVED`;
    if (status === 'CONFIRMED') due.set(productId, (due.get(productId) ?? 0) - quantity);
  }
  for (const [productId, missing] of due) {
    if (missing > 0) return `${missing} of product ${productId} are not in a confirmed reservation`;
    if (missing < 0) return `${-missing} of product ${productId} are sold without being owed`;
  }
  return undefined;
}

/** CONFIRMED and CANCELLED are final: what a client has read once may not be otherwise in the end. */
function checkReads(history: History, harvest: Harvest, findings: Findings): void {
  const { confirmed, cancelled } = orderReads(history);
  for (const [status, reads] of [
    ['CONFIRMED', confirmed],
    ['CANCELLED', cancelled],
  ] as const) {
    for (const { orderId, events } of reads.values()) {
      const order = ordersById(harvest).get(orderId);
      if (order === undefined || order.status === status) continue;
      findings.violate(`a client read ${status}, in the end it is ${order.status}`, {
        entity: `order ${orderId}`,
        hop: 'order -> client',
        events: [...acknowledgementOf(history, orderId), ...events],
      });
    }
  }
}
