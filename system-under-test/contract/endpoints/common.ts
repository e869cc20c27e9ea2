import { z } from 'zod';
import { IDEMPOTENCY_KEY_HEADER, textSchema } from '../api.ts';

/** An id that we made. */
export const idSchema = z
  .string()
  .max(128)
  .regex(/^[\w.:-]+$/, 'must be letters, digits and . : _ -');
/** An id that may contain what somebody else has named. */
export const foreignIdSchema = textSchema(256);
export const idParamsSchema = z.object({ id: idSchema });

const keySchema = z.string().regex(/^[\x21-\x7e]{1,255}$/, 'must have 1 to 255 visible characters');

/** The same key and body: the same answer; another body: 422. Without a key each request is new. */
export const idempotencySchema = z.object({ [IDEMPOTENCY_KEY_HEADER]: keySchema.optional() });
export const requiredIdempotencySchema = z.object({ [IDEMPOTENCY_KEY_HEADER]: keySchema });

export const timeSchema = z.iso.datetime();
/** In the currency's main unit, e.g. 29.99. */
export const amountSchema = z.number();
