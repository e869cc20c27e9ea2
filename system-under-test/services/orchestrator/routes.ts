import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { IDEMPOTENCY_KEY_HEADER } from '#sut/contract/api.ts';
import { endpoint } from '#sut/contract/endpoint.ts';
import { idempotencySchema } from '#sut/contract/endpoints/common.ts';
import { SAGA_ENDPOINTS } from '#sut/contract/endpoints/saga.ts';
import { documentedRoute } from '#sut/platform/http/documented-route.ts';
import { HttpError } from '#sut/platform/http/http-error.ts';
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
  documentedRoute(app, SAGA_ENDPOINTS.status, async ({ params: { id } }) => {
    const status = await readSagaStatus(store, id);
    if (status === undefined) throw new HttpError(404, `no saga '${id}'`);
    return [200, status];
  });

  for (const definition of orchestration.definitions.values()) {
    const { id, startedBy } = definition;
    if (startedBy.kind !== 'request') continue;
    const start = endpoint({
      method: 'POST',
      path: startedBy.path,
      summary: `Start a saga of type ${id}`,
      headers: idempotencySchema,
      body: startedBy.schema,
      answers: { 201: z.object({ saga_id: z.string(), [`${id}_id`]: z.string() }) },
      errors: { 422: 'the key was used with another body' },
    });
    documentedRoute(app, start, async ({ headers, body }) => {
      const started = await startByRequest(orchestration, store, newId, {
        definition: { ...definition, startedBy },
        request: body,
        idempotencyKey: headers[IDEMPOTENCY_KEY_HEADER],
      });
      log.info({ saga_id: started.sagaId, order_id: started.requestId }, `${id} requested`);
      return [201, { saga_id: started.sagaId, [`${id}_id`]: started.requestId }];
    });
  }
}
