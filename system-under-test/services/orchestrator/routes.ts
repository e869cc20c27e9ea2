import type { FastifyInstance } from 'fastify';
import { HttpError } from '#sut/platform/http/http-error.ts';
import { idempotencyKeyOf } from '#sut/platform/http/idempotency-key.ts';
import { parseInput } from '#sut/platform/http/parse-input.ts';
import type { StoredServiceContext } from '#sut/platform/service/service-context.ts';
import type { Orchestration } from './advance-saga.ts';
import { readSagaStatus } from './saga-status.ts';
import { startByRequest } from './start-by-request.ts';
import type { SagaStore } from './store/saga-store.ts';

/** `GET /saga/status/:id`, and one POST for each saga that a request starts. */
export function sagaRoutes(
  app: FastifyInstance,
  { store, newId, log }: StoredServiceContext<SagaStore>,
  orchestration: Orchestration,
): void {
  app.get<{ Params: { id: string } }>('/saga/status/:id', async (request) => {
    const status = await readSagaStatus(store, request.params.id);
    if (status === undefined) throw new HttpError(404, `no saga '${request.params.id}'`);
    return status;
  });

  for (const definition of orchestration.definitions.values()) {
    const { id, startedBy } = definition;
    if (startedBy.kind !== 'request') continue;
    app.post(startedBy.path, async (request, reply) => {
      const started = await startByRequest(orchestration, store, newId, {
        definition: { ...definition, startedBy },
        request: parseInput(startedBy.schema, request.body),
        idempotencyKey: idempotencyKeyOf(request),
      });
      log.info({ saga_id: started.sagaId, order_id: started.requestId }, `${id} requested`);
      return reply.status(201).send({ saga_id: started.sagaId, [`${id}_id`]: started.requestId });
    });
  }
}
