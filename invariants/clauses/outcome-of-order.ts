import type { Harvest, OrderRow, SagaRow } from '../model/harvest.ts';
import { reservationsByOrder } from '../model/harvest-index.ts';
import type { Violate } from './violate.ts';

/** Order and stock must be as the end of the order's saga says. */
export function checkOrderOutcome(harvest: Harvest, saga: SagaRow, order: OrderRow, violate: Violate): void {
  const isCompleted = saga.state === 'COMPLETED';
  const status = isCompleted ? 'CONFIRMED' : 'CANCELLED';
  if (order.status !== status) violate(`its order is ${order.status}`, 'orchestrator -> order');
  const stock = stockDifference(harvest, order, isCompleted);
  if (stock !== undefined) violate(stock, 'orchestrator -> inventory');
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
