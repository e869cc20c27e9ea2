import { createHash } from 'node:crypto';
import type pg from 'pg';
import { HttpError } from '#sut/platform/http/http-error.ts';
import type { PostgresStore } from '#sut/platform/postgres/postgres-store.ts';
import { currentTraceparent } from '#sut/platform/tracing/trace-context.ts';
import { type Orchestration, startNewSaga } from './advance-saga.ts';
import type { RequestStarter, SagaDefinition, SagaRequest } from './domain/saga-definition.ts';

export interface StartRequest {
  readonly definition: SagaDefinition<RequestStarter>;
  readonly request: SagaRequest;
  /** The customer's name for this request; without one every request is one of its own. */
  readonly idempotencyKey: string | undefined;
}

/** A saga that a client asked for; `requestId` is the saga's `orderId`. */
export interface StartedSaga {
  readonly sagaId: string;
  readonly requestId: string;
}

/**
 * Writes the request, which claims its idempotency key, and starts its saga in one transaction. The same key of the same
 * user with the same request gives the saga that exists; with another request 422.
 */
export async function startByRequest(
  orchestration: Orchestration,
  store: PostgresStore,
  newId: () => string,
  start: StartRequest,
): Promise<StartedSaga> {
  const { definition, request } = start;
  const started: StartedSaga = { sagaId: newId(), requestId: `${definition.id}-${newId()}` };
  return store.transaction(async (unit) => {
    const earlier = await claimRequest(unit.tx, start, started);
    if (earlier !== undefined) return earlier;
    await startNewSaga(orchestration, unit, {
      sagaId: started.sagaId,
      type: definition.id,
      input: { kind: 'start', sagaId: started.sagaId, orderId: started.requestId, data: request.data },
      causeId: '',
      causeSagaId: started.sagaId,
      traceparent: currentTraceparent(),
    });
    return started;
  });
}

/**
 * Claims the key before anything else is written: a request with the same key that runs at the same time waits here
 * until this transaction has ended. Resolves to the earlier saga when the key is taken.
 */
async function claimRequest(
  tx: pg.PoolClient,
  { definition, request, idempotencyKey }: StartRequest,
  { sagaId, requestId }: StartedSaga,
): Promise<StartedSaga | undefined> {
  const hash = hashOf(request);
  const claimed = await tx.query(
    `insert into saga_requests (id, type, saga_id, user_id, key, request_hash, data)
     values ($1, $2, $3, $4, $5, $6, $7) on conflict (type, user_id, key) do nothing`,
    [requestId, definition.id, sagaId, request.userId, idempotencyKey ?? null, hash, JSON.stringify(request.data)],
  );
  if (claimed.rowCount === 1) return undefined;
  const { rows } = await tx.query<{ id: string; saga_id: string; request_hash: string }>(
    'select id, saga_id, request_hash from saga_requests where type = $1 and user_id = $2 and key = $3',
    [definition.id, request.userId, idempotencyKey],
  );
  const [taken] = rows;
  if (taken === undefined) throw new Error(`idempotency key without request: ${idempotencyKey}`);
  if (taken.request_hash !== hash) throw new HttpError(422, 'Idempotency-Key was used with another request');
  return { sagaId: taken.saga_id, requestId: taken.id };
}

/** Of the request as it was understood, so that white space and the order of its fields do not matter. */
const hashOf = ({ userId, data }: SagaRequest): string =>
  createHash('sha256')
    .update(JSON.stringify([userId, data]))
    .digest('hex');
