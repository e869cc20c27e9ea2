import { z } from 'zod';
import { IDEMPOTENCY_KEY_HEADER, USER_ID_HEADER } from '#sut/contract/api.ts';
import type { Operation } from './operation.ts';
import type { PlaceOrderInput } from './request.ts';

const placedSchema = z.object({ order: z.object({ id: z.string().min(1) }), saga_id: z.string().min(1) });
const orderSchema = z.object({ id: z.string().min(1), status: z.string().min(1) });
const cancelledSchema = z.object({ status: z.string().min(1) });
const referenceSchema = z.object({ order_id: z.string() });

/** `reach`: components and links whose failure can make the operation itself fail. */
export function placeOrder({ expect, ...input }: PlaceOrderInput, reach: readonly string[]): Operation {
  return {
    op: 'place-order',
    input: { ...input, reach },
    http: {
      method: 'POST',
      path: '/orders',
      headers: { [IDEMPOTENCY_KEY_HEADER]: input.idempotency_key, [USER_ID_HEADER]: input.user_id },
      body: {
        user_id: input.user_id,
        card: input.card,
        items: input.items.map((item) => ({
          product_id: item.product_id,
          quantity: item.quantity,
          price: item.price_minor / 100,
        })),
        ...(input.redeem_points === 0 ? {} : { redeem_points: input.redeem_points }),
      },
    },
    output: (body) => {
      const placed = placedSchema.parse(body);
      return { order_id: placed.order.id, saga_id: placed.saga_id };
    },
    expect: expect ?? 201,
    isResent: true,
  };
}

/** `placed`: output of the request that placed the order. */
export function cancelOrder(placed: unknown, reach: readonly string[]): Operation {
  const { order_id: orderId } = referenceSchema.parse(placed);
  return {
    op: 'cancel-order',
    input: { order_id: orderId, reach },
    http: { method: 'POST', path: `/orders/${orderId}/cancel`, body: {} },
    output: (body) => cancelledSchema.parse(body),
    expect: undefined,
    isResent: false,
  };
}

/** `placed`: output of the request that placed the order. */
export function getOrder(placed: unknown, reach: readonly string[]): Operation {
  const { order_id: orderId } = referenceSchema.parse(placed);
  return {
    op: 'get-order',
    input: { order_id: orderId, reach },
    http: { method: 'GET', path: `/orders/${orderId}` },
    output: (body) => ({ status: orderSchema.parse(body).status }),
    expect: 200,
    isResent: false,
  };
}
