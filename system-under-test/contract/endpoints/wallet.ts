import { z } from 'zod';
import { grantSchema, nameSchema } from '../api.ts';
import { endpoint } from '../endpoint.ts';
import { amountSchema, requiredIdempotencySchema, timeSchema } from './common.ts';

const paramsSchema = z.object({ user_id: nameSchema });
const walletSchema = z.object({
  user_id: z.string(),
  points: z.int(),
  balance: amountSchema,
  frozen: z.boolean(),
  version: z.int(),
});
const entrySchema = z.object({
  id: z.string(),
  user_id: z.string(),
  saga_id: z.string().nullable(),
  order_id: z.string().nullable(),
  kind: z.enum(['grant', 'redeem', 'give-back', 'earn', 'top-up']),
  points: z.int(),
  balance: amountSchema,
  created_at: timeSchema,
});

/** Public routes of the wallet service. */
export const WALLET_ENDPOINTS = {
  read: endpoint({
    method: 'GET',
    path: '/wallets/:user_id',
    summary: 'A wallet',
    params: paramsSchema,
    answers: { 200: walletSchema },
    errors: { 404: 'no such wallet' },
  }),
  entries: endpoint({
    method: 'GET',
    path: '/wallets/:user_id/entries',
    summary: 'Every change of a wallet, in the order of writing',
    params: paramsSchema,
    answers: { 200: z.object({ entries: z.array(entrySchema) }) },
    errors: { 404: 'no such wallet' },
  }),
  grant: endpoint({
    method: 'POST',
    path: '/wallets/:user_id/grants',
    summary: 'A gift of points or money',
    params: paramsSchema,
    headers: requiredIdempotencySchema,
    body: grantSchema,
    answers: { 201: z.object({ entry: entrySchema }) },
    errors: { 409: 'the wallet cannot take it', 422: 'the key was used with another body' },
  }),
  freeze: endpoint({
    method: 'PUT',
    path: '/wallets/:user_id/frozen',
    summary: 'Freeze or unfreeze a wallet',
    params: paramsSchema,
    body: z.object({ frozen: z.boolean() }),
    answers: { 200: walletSchema },
  }),
};
