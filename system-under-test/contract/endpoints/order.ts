import { z } from 'zod';
import { createOrderSchema, textSchema, USER_ID_HEADER } from '../api.ts';
import { endpoint } from '../endpoint.ts';
import { amountSchema, idempotencySchema, idParamsSchema, timeSchema } from './common.ts';

const orderSchema = z.object({
  id: z.string(),
  user_id: z.string(),
  saga_id: z.string(),
  status: z.string(),
  items: z.array(z.object({ product_id: z.string(), quantity: z.int(), price: amountSchema })),
  total_amount: amountSchema,
  redeem_points: z.int(),
  currency: z.string(),
  created_at: timeSchema,
  updated_at: timeSchema,
});

/** Public routes of the order service. */
export const ORDER_ENDPOINTS = {
  place: endpoint({
    method: 'POST',
    path: '/orders',
    summary: 'Place an order, which starts its saga',
    headers: z.object({ ...idempotencySchema.shape, [USER_ID_HEADER]: z.string().optional() }),
    body: createOrderSchema,
    answers: { 201: z.object({ order: orderSchema, saga_id: z.string() }) },
    errors: { 422: 'the key was used with another body' },
  }),
  read: endpoint({
    method: 'GET',
    path: '/orders/:id',
    summary: 'An order',
    params: idParamsSchema,
    answers: { 200: orderSchema },
    errors: { 404: 'no such order' },
  }),
  cancel: endpoint({
    method: 'POST',
    path: '/orders/:id/cancel',
    summary: 'Cancel an order that is not confirmed yet',
    params: idParamsSchema,
    body: z.object({ reason: textSchema(200).default('requested by the customer') }),
    answers: {
      200: z.object({ status: z.literal('cancelled') }),
      202: z.object({ status: z.literal('cancelling') }),
    },
    errors: { 404: 'no such order', 409: 'it is confirmed' },
  }),
};
