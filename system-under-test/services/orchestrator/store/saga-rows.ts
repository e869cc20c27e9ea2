import type pg from 'pg';
import type { SagaState, SagaStatus, SagaTransition } from '../domain/saga.ts';

/** A saga as loaded, with the database's clock at that moment. */
export interface LoadedSaga {
  readonly state: SagaState | undefined;
  /** W3C trace context in which the saga was started; timers go on in it. */
  readonly traceparent: string | undefined;
  readonly nowMs: number;
}

/** What led to a transition. `causeId` is empty for a timer. */
export interface Cause {
  readonly causeId: string;
  readonly causeSagaId: string;
  readonly traceId: string;
}

interface SagaColumns {
  readonly now_ms: string;
  readonly id: string | null;
  readonly type: string;
  readonly order_id: string;
  readonly state: SagaStatus;
  readonly step: string;
  readonly attempt: number;
  readonly pending: readonly string[];
  readonly data: Readonly<Record<string, unknown>>;
  readonly failure: string;
  readonly asked_at_ms: string;
  readonly deadline_ms: string | null;
  readonly version: number;
  readonly traceparent: string | null;
}

/** Reads without a lock: `updateSaga` finds out whether somebody else was faster. */
export async function loadSaga(client: pg.ClientBase, id: string): Promise<LoadedSaga> {
  const { rows } = await client.query<SagaColumns>(
    `select floor(extract(epoch from clock_timestamp()) * 1000)::bigint as now_ms,
            round(extract(epoch from asked_at) * 1000)::bigint as asked_at_ms,
            round(extract(epoch from deadline) * 1000)::bigint as deadline_ms, sagas.*
     from (values (1)) as always left join sagas on sagas.id = $1`,
    [id],
  );
  const [row] = rows;
  if (row === undefined) throw new Error(`reading saga ${id} gave no row at all`);
  const nowMs = Number(row.now_ms);
  if (row.id === null) return { state: undefined, traceparent: undefined, nowMs };
  const state: SagaState = {
    id: row.id,
    type: row.type,
    orderId: row.order_id,
    status: row.state,
    step: row.step,
    attempt: row.attempt,
    pending: row.pending,
    data: row.data,
    failure: row.failure,
    askedAtMs: Number(row.asked_at_ms),
    deadlineMs: row.deadline_ms === null ? undefined : Number(row.deadline_ms),
    seq: row.version,
  };
  return { state, traceparent: row.traceparent ?? undefined, nowMs };
}

/** False when the saga exists already. */
export async function insertSaga(
  client: pg.ClientBase,
  state: SagaState,
  origin: { instance: string; traceparent?: string | undefined },
): Promise<boolean> {
  const { rowCount } = await client.query(
    `insert into sagas (id, type, order_id, state, step, attempt, pending, data, failure, deadline, version, traceparent,
                        lease_owner, lease_incarnation, lease_until, fence, asked_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, to_timestamp($10::float8 / 1000), $11, $12, $13, 0, now(), 0,
             to_timestamp($14::float8 / 1000))
     on conflict (id) do nothing`,
    [
      state.id,
      state.type,
      state.orderId,
      state.status,
      state.step,
      state.attempt,
      JSON.stringify(state.pending),
      JSON.stringify(state.data),
      state.failure,
      state.deadlineMs ?? null,
      state.seq,
      origin.traceparent ?? null,
      origin.instance,
      state.askedAtMs,
    ],
  );
  return rowCount === 1;
}

/**
 * Saves the saga and gives its lease back. False when it was advanced since it was loaded as `previousSeq`, or its
 * lease was taken over since it was taken with `fence`: then nothing was written, and the decision must be made again.
 */
export async function updateSaga(
  client: pg.ClientBase,
  state: SagaState,
  expected: { previousSeq: number; fence: string },
): Promise<boolean> {
  const { rowCount } = await client.query(
    `update sagas set state = $4, step = $5, attempt = $6, pending = $7, failure = $8,
                      deadline = to_timestamp($9::float8 / 1000), version = $10, asked_at = to_timestamp($11::float8 / 1000),
                      lease_until = now(), updated_at = now()
     where id = $1 and version = $2 and fence = $3`,
    [
      state.id,
      expected.previousSeq,
      expected.fence,
      state.status,
      state.step,
      state.attempt,
      JSON.stringify(state.pending),
      state.failure,
      state.deadlineMs ?? null,
      state.seq,
      state.askedAtMs,
    ],
  );
  return rowCount === 1;
}

/** Gives the lease back without a change, unless somebody else has taken it. */
export async function releaseLease(client: pg.ClientBase, id: string, fence: string): Promise<void> {
  await client.query('update sagas set lease_until = now() where id = $1 and fence = $2', [id, fence]);
}

/** Appends to the saga's provenance; the primary key refuses a number that is taken. `eventIds` are the messages that the transitions sent. */
export async function insertTransitions(
  client: pg.ClientBase,
  sagaId: string,
  transitions: readonly SagaTransition[],
  at: { readonly nowMs: number; readonly cause: Cause; readonly eventIds: readonly string[] },
): Promise<void> {
  for (const transition of transitions) {
    await client.query(
      `insert into saga_transitions (saga_id, seq, from_state, to_state, step, reason, attempt, at, cause_id, cause_saga_id, trace_id, event_ids)
       values ($1, $2, $3, $4, $5, $6, $7, to_timestamp($8::float8 / 1000), $9, $10, $11, $12)`,
      [
        sagaId,
        transition.seq,
        transition.from,
        transition.to,
        transition.step,
        transition.reason,
        transition.attempt,
        at.nowMs,
        at.cause.causeId,
        at.cause.causeSagaId,
        at.cause.traceId,
        at.eventIds,
      ],
    );
  }
}
