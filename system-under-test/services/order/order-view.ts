import { toDecimal } from '#sut/platform/money.ts';
import type { StoredOrder } from './order-rows.ts';

/** An order as the API shows it: snake_case, decimals; the card stays inside. */
export function orderView(order: StoredOrder) {
  return {
    id: order.id,
    user_id: order.userId,
    saga_id: order.sagaId,
    status: order.status,
    items: order.items.map(({ product_id, quantity, price_minor }) => ({
      product_id,
      quantity,
      price: toDecimal(price_minor),
    })),
    total_amount: toDecimal(order.totalMinor),
    redeem_points: order.redeemPoints,
    currency: order.currency,
    created_at: order.createdAt,
    updated_at: order.updatedAt,
  };
}

/** The answer to the request that made the order, the same however often and late it is repeated. */
export function placedView(order: StoredOrder) {
  return { order: orderView({ ...order, status: 'PENDING', updatedAt: order.createdAt }), saga_id: order.sagaId };
}
