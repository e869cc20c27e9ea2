import { z } from 'zod';
import { CHANNELS } from '../command-data.ts';
import { endpoint } from '../endpoint.ts';
import { idParamsSchema, idSchema, timeSchema } from './common.ts';

const notificationSchema = z.object({
  id: z.string(),
  saga_id: z.string(),
  order_id: z.string(),
  user_id: z.string(),
  kind: z.enum(['confirmation', 'cancellation']),
  channel: z.enum(CHANNELS),
  status: z.enum(['PENDING', 'SENT', 'FAILED']),
  reason: z.string().nullable(),
  created_at: timeSchema,
});

/** Public routes of the notification service. */
export const NOTIFICATION_ENDPOINTS = {
  read: endpoint({
    method: 'GET',
    path: '/notifications/:id',
    summary: 'A message to a customer',
    params: idParamsSchema,
    answers: { 200: notificationSchema },
    errors: { 404: 'no such notification' },
  }),
  ofOrder: endpoint({
    method: 'GET',
    path: '/notifications',
    summary: 'The messages about an order',
    query: z.object({ order_id: idSchema }),
    answers: { 200: z.object({ notifications: z.array(notificationSchema) }) },
  }),
};
