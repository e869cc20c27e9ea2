import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { IDEMPOTENCY_KEY_HEADER } from '#sut/contract/api.ts';
import { HttpError } from '#sut/platform/http/http-error.ts';
import { parseInput } from '#sut/platform/http/parse-input.ts';
import type { Acquirer } from './acquirer.ts';
import { chargeRequestSchema } from './charge-entry.ts';

const keySchema = z.object({ [IDEMPOTENCY_KEY_HEADER]: z.string().min(1).max(128) });
const reversalParamsSchema = z.object({ key: z.string().min(1).max(128) });
const reversalBodySchema = z.object({ order_id: z.string().max(128).default('') });

/** The acquirer's API of `contract/api.ts`. Answers carry nothing that is not on the disk. */
export function acquirerRoutes(app: FastifyInstance, acquirer: Acquirer): void {
  app.post('/charges', async (request: FastifyRequest, reply) => {
    const key = parseInput(keySchema, request.headers)[IDEMPOTENCY_KEY_HEADER];
    const answer = await acquirer.charge(key, parseInput(chargeRequestSchema, request.body));
    if (answer === undefined) throw new HttpError(422, `idempotency key ${key} was used for another charge`);
    if (answer.status === 'declined') return reply.code(402).send(answer);
    return reply.code(201).send({ status: answer.status, charge_id: answer.chargeId });
  });

  app.post('/charges/:key/reverse', async (request) => {
    const { key } = parseInput(reversalParamsSchema, request.params);
    return { status: await acquirer.reverse(key, parseInput(reversalBodySchema, request.body).order_id) };
  });

  app.get('/ledger', () => ({ entries: acquirer.entries() }));
}
