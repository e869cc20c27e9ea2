import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { IDEMPOTENCY_KEY_HEADER } from '#sut/contract/api.ts';
import { endpoint } from '#sut/contract/endpoint.ts';
import { documentedRoute } from '#sut/platform/http/documented-route.ts';
import { HttpError } from '#sut/platform/http/http-error.ts';
import { deliverySchema, messageRequestSchema } from './message-entry.ts';
import type { MessageProvider } from './message-provider.ts';

const ENDPOINTS = {
  send: endpoint({
    method: 'POST',
    path: '/messages',
    summary: 'Deliver a message, once per key',
    headers: z.object({ [IDEMPOTENCY_KEY_HEADER]: z.string().min(1).max(128) }),
    body: messageRequestSchema,
    answers: { 202: z.object({ status: z.literal('accepted') }) },
    errors: { 422: 'the key was used for another message' },
  }),
  deliveries: endpoint({
    method: 'GET',
    path: '/deliveries',
    summary: 'Everything that was delivered, in order',
    answers: { 200: z.object({ deliveries: z.array(deliverySchema) }) },
  }),
};

/** The message provider's API of `contract/api.ts`. Answers carry nothing that is not on the disk. */
export function messageProviderRoutes(app: FastifyInstance, provider: MessageProvider): void {
  documentedRoute(app, ENDPOINTS.send, async ({ headers, body }) => {
    const key = headers[IDEMPOTENCY_KEY_HEADER];
    const status = await provider.send(key, body);
    if (status === 'conflict') throw new HttpError(422, `idempotency key ${key} was used for another message`);
    return [202, { status }];
  });

  documentedRoute(app, ENDPOINTS.deliveries, (_) => [200, { deliveries: [...provider.deliveries()] }]);
}
