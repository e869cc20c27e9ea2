import type { PostgresStore } from '#sut/platform/postgres/postgres-store.ts';

interface StatusRow {
  readonly id: string;
  readonly order_id: string;
  readonly type: string;
  readonly state: string;
  readonly step: string;
  readonly attempt: number;
  readonly failure: string;
  readonly version: number;
  readonly deadline: Date | null;
  readonly created_at: Date;
  readonly updated_at: Date;
}

interface TransitionRow {
  readonly seq: number;
  readonly from_state: string;
  readonly to_state: string;
  readonly step: string;
  readonly reason: string;
  readonly attempt: number;
  readonly at: Date;
  readonly cause_id: string;
  readonly trace_id: string;
  readonly event_ids: readonly string[];
}

/**
 * A saga as `GET /saga/status/:id` shows it: where it is, and every transition that
 * brought it there: when, why, at which attempt, the message that caused it (none: a timer or a client's request), the
 * messages that it sent, and its trace.
 */
export async function readSagaStatus(store: Pick<PostgresStore, 'query'>, id: string) {
  const [saga] = await store.query<StatusRow>('select * from sagas where id = $1', [id]);
  if (saga === undefined) return undefined;
  // Up to the version just read: a transition committed in between must not contradict the state beside it.
  const transitions = await store.query<TransitionRow>(
    'select * from saga_transitions where saga_id = $1 and seq <= $2 order by seq',
    [id, saga.version],
  );
  return {
    saga_id: saga.id,
    order_id: saga.order_id,
    type: saga.type,
    state: saga.state,
    step: saga.step,
    attempt: saga.attempt,
    reason: saga.failure,
    deadline: saga.deadline,
    created_at: saga.created_at,
    updated_at: saga.updated_at,
    transitions: transitions.map((transition) => ({
      seq: transition.seq,
      from: transition.from_state,
      to: transition.to_state,
      step: transition.step,
      reason: transition.reason,
      attempt: transition.attempt,
      at: transition.at,
      cause_id: transition.cause_id,
      trace_id: transition.trace_id,
      event_ids: transition.event_ids,
    })),
  };
}
