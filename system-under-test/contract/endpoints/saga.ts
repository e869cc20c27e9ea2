import { z } from 'zod';
import { createPaymentSchema, WALLET_CURRENCY } from '../api.ts';
import { endpoint } from '../endpoint.ts';
import { idempotencySchema, idParamsSchema, timeSchema } from './common.ts';

const transitionSchema = z.object({
  seq: z.int(),
  from: z.string(),
  to: z.string(),
  step: z.string(),
  reason: z.string(),
  attempt: z.int(),
  at: timeSchema,
  cause_id: z.string(),
  trace_id: z.string(),
  event_ids: z.array(z.string()),
});

/** Public routes of the orchestrator. */
export const SAGA_ENDPOINTS = {
  pay: endpoint({
    method: 'POST',
    path: '/saga/payment',
    summary: `Pay into a wallet, which starts a saga; wallets are kept in ${WALLET_CURRENCY}, a payment in another currency is refunded`,
    headers: idempotencySchema,
    body: createPaymentSchema,
    answers: { 201: z.object({ saga_id: z.string(), payment_id: z.string() }) },
    errors: { 422: 'the key was used with another body' },
  }),
  status: endpoint({
    method: 'GET',
    path: '/saga/status/:id',
    summary: 'A saga and every transition that brought it where it is',
    params: idParamsSchema,
    answers: {
      200: z.object({
        saga_id: z.string(),
        order_id: z.string(),
        type: z.string(),
        state: z.string(),
        step: z.string(),
        attempt: z.int(),
        reason: z.string(),
        deadline: timeSchema.nullable(),
        created_at: timeSchema,
        updated_at: timeSchema,
        transitions: z.array(transitionSchema),
      }),
    },
    errors: { 404: 'no such saga' },
  }),
};
