import { z } from 'zod';
import { IDEMPOTENCY_KEY_HEADER } from '#sut/contract/api.ts';
import type { Endpoint } from '#sut/contract/endpoint.ts';
import type { NoAnswerError } from '#sut/platform/http/call-json.ts';

/**
 * Whether a request may be sent to another instance after one has not answered. A refused connection carried nothing;
 * what was sent may have been done, so only what does no harm twice is repeated.
 */
export function mayRepeat(kind: NoAnswerError['kind'], isIdempotent: boolean): boolean {
  return kind === 'refused' || (isIdempotent && kind !== 'aborted');
}

/** Reads, and writes under a key of the caller's that the endpoint honours. */
export function isIdempotent({ method, headers }: Endpoint, given: Readonly<Record<string, unknown>>): boolean {
  if (method === 'GET') return true;
  const isHonoured = headers instanceof z.ZodObject && IDEMPOTENCY_KEY_HEADER in headers.shape;
  return isHonoured && typeof given[IDEMPOTENCY_KEY_HEADER] === 'string';
}
