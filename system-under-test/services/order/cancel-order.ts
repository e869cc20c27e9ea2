import type pg from 'pg';
import type { OrderCancelRequested } from '#sut/contract/messages.ts';
import { eventsTopic } from '#sut/contract/topics.ts';
import { HttpError } from '#sut/platform/http/http-error.ts';
import type { Store } from '#sut/platform/store.ts';
import { lockOrder, markCancelRequested } from './order-rows.ts';

/**
 * Asks the saga to cancel the order; the saga decides, because it alone knows whether its pivot is past. Asking again
 * changes nothing. `cancelling` may thus still end in a confirmed order.
 */
export async function cancelOrder(
  store: Store<pg.PoolClient>,
  orderId: string,
  reason: string,
): Promise<'cancelling' | 'cancelled'> {
  return store.transaction(async (unit) => {
    const order = await lockOrder(unit.tx, orderId);
    if (order === undefined) throw new HttpError(404, `no order '${orderId}'`);
    if (order.status === 'CANCELLED') return 'cancelled';
    if (order.status === 'CONFIRMED') throw new HttpError(409, 'order is confirmed and cannot be cancelled any more');
    if (order.isCancelRequested) return 'cancelling';
    await markCancelRequested(unit.tx, orderId);
    const payload: OrderCancelRequested = { saga_id: order.sagaId, order_id: orderId, reason };
    await unit.publish({
      topic: eventsTopic('order'),
      aggregateId: orderId,
      type: 'order.cancel-requested',
      payload,
      sagaId: order.sagaId,
      orderId,
    });
    return 'cancelling';
  });
}
