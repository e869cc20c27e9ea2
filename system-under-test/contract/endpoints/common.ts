import { z } from 'zod';
import { IDEMPOTENCY_KEY_HEADER } from '../api.ts';

/** An id in a path. */
export const idParamsSchema = z.object({
  id: z
    .string()
    .min(1)
    .max(128)
    .regex(/^[\w.:-]+$/, 'must be letters, digits and . : _ -'),
});

/** The same key and body: the same answer; another body: 422. Without a key each request is new. */
export const idempotencySchema = z.object({
  [IDEMPOTENCY_KEY_HEADER]: z
    .string()
    .regex(/^[\x21-\x7e]{1,255}$/, 'must have 1 to 255 visible characters')
    .optional(),
});

export const timeSchema = z.iso.datetime();
/** In the currency's main unit, e.g. 29.99. */
export const amountSchema = z.number();
