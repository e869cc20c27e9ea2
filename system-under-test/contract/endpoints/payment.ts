import { z } from 'zod';
import { endpoint } from '../endpoint.ts';
import { amountSchema, idParamsSchema, idSchema } from './common.ts';

const paymentSchema = z.object({
  id: z.string(),
  saga_id: z.string(),
  order_id: z.string(),
  amount: amountSchema,
  currency: z.string(),
  status: z.string(),
  reason: z.string().nullable(),
  charge_id: z.string().nullable(),
});

/** Public routes of the payment service. */
export const PAYMENT_ENDPOINTS = {
  read: endpoint({
    method: 'GET',
    path: '/payments/:id',
    summary: 'A payment, by its id or by that of the payment request or order that it pays',
    params: idParamsSchema,
    answers: { 200: paymentSchema },
    errors: { 404: 'no such payment' },
  }),
  ofOrder: endpoint({
    method: 'GET',
    path: '/payments',
    summary: 'The payments of an order',
    query: z.object({ order_id: idSchema }),
    answers: { 200: z.object({ payments: z.array(paymentSchema) }) },
  }),
};
