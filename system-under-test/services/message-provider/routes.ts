import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { IDEMPOTENCY_KEY_HEADER } from '#sut/contract/api.ts';
import { HttpError } from '#sut/platform/http/http-error.ts';
import { parseInput } from '#sut/platform/http/parse-input.ts';
import { messageRequestSchema } from './message-entry.ts';
import type { MessageProvider } from './message-provider.ts';

const keySchema = z.object({ [IDEMPOTENCY_KEY_HEADER]: z.string().min(1).max(128) });

/** The message provider's API of `contract/api.ts`. Answers carry nothing that is not on the disk. */
export function messageProviderRoutes(app: FastifyInstance, provider: MessageProvider): void {
  app.post('/messages', async (request, reply) => {
    const key = parseInput(keySchema, request.headers)[IDEMPOTENCY_KEY_HEADER];
    const status = await provider.send(key, parseInput(messageRequestSchema, request.body));
    if (status === 'conflict') throw new HttpError(422, `idempotency key ${key} was used for another message`);
    return reply.code(202).send({ status });
  });

  app.get('/deliveries', () => ({ deliveries: provider.deliveries() }));
}
