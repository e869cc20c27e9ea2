import type { FastifyRequest } from 'fastify';
import { IDEMPOTENCY_KEY_HEADER } from '#sut/contract/api.ts';
import { HttpError } from './http-error.ts';

const LONGEST = 255;

/** The request's `Idempotency-Key`, `undefined` when it has none; 400 when it is empty or too long. */
export function idempotencyKeyOf(request: FastifyRequest): string | undefined {
  const key = request.headers[IDEMPOTENCY_KEY_HEADER];
  if (key === undefined) return undefined;
  if (typeof key === 'string' && key.length >= 1 && key.length <= LONGEST) return key;
  throw new HttpError(400, 'invalid input', [
    { field: 'Idempotency-Key', message: `must have 1 to ${LONGEST} characters` },
  ]);
}
