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

/** A signed change; `version` is that of the wallet after it. */
const entrySchema = z.object({
  id: z.string(),
  version: z.int(),
  kind: z.string(),
  points: z.int(),
  balance: amountSchema,
  saga_id: z.string().nullable(),
  order_id: z.string().nullable(),
  reason: z.string().nullable(),
  created_at: timeSchema,
});

/** Public routes of the wallet service. */
export const WALLET_ENDPOINTS = {
  read: endpoint({
    method: 'GET',
    path: '/wallets/:user_id',
    summary: 'A wallet: loyalty points and balance',
    params: paramsSchema,
    answers: { 200: walletSchema },
    errors: { 404: 'no such wallet' },
  }),
  entries: endpoint({
    method: 'GET',
    path: '/wallets/:user_id/entries',
    summary: 'What changed a wallet, in the order of writing; the next page begins after the last version of this one',
    params: paramsSchema,
    query: z.object({
      after: z.coerce.number().int().min(0).default(0),
      limit: z.coerce.number().int().min(1).max(1_000).default(1_000),
    }),
    answers: { 200: z.object({ entries: z.array(entrySchema) }) },
  }),
  grant: endpoint({
    method: 'POST',
    path: '/wallets/:user_id/grants',
    summary: 'Give points or balance, once per key; the first grant makes the wallet',
    params: paramsSchema,
    headers: requiredIdempotencySchema,
    body: grantSchema,
    answers: { 201: z.object({ entry: entrySchema }) },
    errors: { 422: 'the key was used with another body' },
  }),
  freeze: endpoint({
    method: 'PUT',
    path: '/wallets/:user_id/frozen',
    summary: 'Freeze a wallet, so that sagas can neither redeem points nor top it up, or thaw it',
    params: paramsSchema,
    body: z.object({ frozen: z.boolean() }),
    answers: { 200: walletSchema },
  }),
};
