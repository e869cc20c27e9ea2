import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { IDEMPOTENCY_KEY_HEADER } from '#sut/contract/api.ts';
import { endpoint } from '#sut/contract/endpoint.ts';
import { documentedRoute } from '#sut/platform/http/documented-route.ts';
import { HttpError } from '#sut/platform/http/http-error.ts';
import type { Acquirer } from './acquirer.ts';
import { chargeRequestSchema } from './charge-entry.ts';

const keySchema = z.string().min(1).max(128);

const ENDPOINTS = {
  charge: endpoint({
    method: 'POST',
    path: '/charges',
    summary: 'Charge a card, once per key',
    headers: z.object({ [IDEMPOTENCY_KEY_HEADER]: keySchema }),
    body: chargeRequestSchema,
    answers: {
      201: z.object({ status: z.literal('captured'), charge_id: z.string() }),
      402: z.object({ status: z.literal('declined'), reason: z.string() }),
    },
    errors: { 422: 'the key was used for another charge' },
  }),
  reverse: endpoint({
    method: 'POST',
    path: '/charges/:key/reverse',
    summary: 'Refund what was captured under the key, or forbid it for ever',
    params: z.object({ key: keySchema }),
    body: z.object({ order_id: z.string().max(128).default('') }),
    answers: { 200: z.object({ status: z.enum(['refunded', 'voided']) }) },
  }),
  ledger: endpoint({
    method: 'GET',
    path: '/ledger',
    summary: 'Everything that happened, in order',
    answers: { 200: z.object({ entries: z.array(z.looseObject({ seq: z.int(), kind: z.string() })) }) },
  }),
};

/** The acquirer's API of `contract/api.ts`. Answers carry nothing that is not on the disk. */
export function acquirerRoutes(app: FastifyInstance, acquirer: Acquirer): void {
  documentedRoute(app, ENDPOINTS.charge, async ({ headers, body }) => {
    const key = headers[IDEMPOTENCY_KEY_HEADER];
    const answer = await acquirer.charge(key, body);
    if (answer === undefined) throw new HttpError(422, `idempotency key ${key} was used for another charge`);
    if (answer.status === 'declined') return [402, answer];
    return [201, { status: answer.status, charge_id: answer.chargeId }];
  });

  documentedRoute(app, ENDPOINTS.reverse, async ({ params, body }) => [
    200,
    { status: await acquirer.reverse(params.key, body.order_id) },
  ]);

  documentedRoute(app, ENDPOINTS.ledger, (_) => [200, { entries: [...acquirer.entries()] }]);
}
