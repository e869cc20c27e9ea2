import type pg from 'pg';
import { z } from 'zod';
import { commandSchema } from '#sut/contract/messages.ts';
import { eventsTopic } from '#sut/contract/topics.ts';
import { replyTo } from '#sut/platform/saga/reply-to.ts';
import type { OutgoingMessage, UnitOfWork } from '#sut/platform/store.ts';
import { decide, ORDER_ACTIONS, type Order, type OrderStatus } from './domain/order.ts';
import { lockOrder, updateStatus } from './order-rows.ts';

/** A command that the order service understands; anything else is a dead letter. */
export const orderCommandSchema = commandSchema.extend({
  participant: z.literal('order'),
  action: z.enum(ORDER_ACTIONS),
});
type OrderCommand = z.infer<typeof orderCommandSchema>;

/**
 * Confirms or cancels an order for its saga and answers. The state of the order is what makes it idempotent: the same
 * command again finds its work done, changes nothing and is answered again.
 */
export async function handleOrderCommand(unit: UnitOfWork<pg.PoolClient>, command: OrderCommand): Promise<string> {
  const order = await lockOrder(unit.tx, command.order_id);
  const decision = decide(order, command.action, command.saga_id);
  if (decision.kind === 'rejected') {
    await unit.publish(replyTo(command, { outcome: 'rejected', reason: decision.reason }));
    return 'rejected';
  }
  if (order !== undefined && decision.kind === 'changed') {
    await updateStatus(unit.tx, order.id, decision.status);
    await unit.publish(statusEvent(order, decision.status));
  }
  await unit.publish(replyTo(command, { outcome: 'done' }));
  return decision.kind === 'changed' ? 'applied' : 'nothing-to-do';
}

function statusEvent(order: Order, status: OrderStatus): OutgoingMessage {
  return {
    topic: eventsTopic('order'),
    aggregateId: order.id,
    type: `order.${status.toLowerCase()}`,
    payload: {
      saga_id: order.sagaId,
      order_id: order.id,
      user_id: order.userId,
      status,
      total_minor: order.totalMinor,
      currency: order.currency,
    },
    sagaId: order.sagaId,
    orderId: order.id,
  };
}
