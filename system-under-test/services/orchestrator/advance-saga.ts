import type pg from 'pg';
import type { Logger } from 'pino';
import { commandsTopic, eventsTopic } from '#sut/contract/topics.ts';
import type { UnitOfWork } from '#sut/platform/store.ts';
import { advance } from './domain/advance.ts';
import type { AnswerTimes } from './domain/answer-times.ts';
import type { Decision, SagaInput } from './domain/saga.ts';
import type { RetryPolicy, SagaDefinition } from './domain/saga-definition.ts';
import type { SagaLeases } from './store/saga-leases.ts';
import {
  type Cause,
  insertSaga,
  insertTransitions,
  type LoadedSaga,
  loadSaga,
  releaseLease,
  updateSaga,
} from './store/saga-rows.ts';

export interface Orchestration {
  readonly definitions: ReadonlyMap<string, SagaDefinition>;
  readonly policy: RetryPolicy;
  readonly answerTimes: AnswerTimes;
  readonly leases: SagaLeases;
  /** Whether the publisher marks the outbox's rows: only then it is known whether a command has left. */
  readonly isOutboxMarked: boolean;
  readonly instance: string;
  readonly log: Pick<Logger, 'info' | 'warn'>;
}

/** What happened to a saga, and why. `traceparent` is absent for a timer: it goes on in the trace of the saga's start. */
export interface Occurrence {
  readonly sagaId: string;
  /** Definition of the saga that a start starts. */
  readonly type?: string;
  readonly input: SagaInput;
  readonly causeId: string;
  readonly causeSagaId: string;
  readonly traceparent: string | undefined;
}

/** Another replica is advancing the saga; whoever brought the message may bring it again. */
export class SagaLeasedError extends Error {
  override readonly name = 'SagaLeasedError';
  constructor(sagaId: string) {
    super(`saga ${sagaId} is leased by another instance`);
  }
}

/** The saga was advanced by somebody else between reading and saving it; whoever brought the message may bring it again. */
export class SagaChangedError extends Error {
  override readonly name = 'SagaChangedError';
  constructor(sagaId: string) {
    super(`saga ${sagaId} changed while it was being advanced`);
  }
}

/**
 * Takes the lease, lets the engine decide, and writes state, provenance, commands and events in `unit`. Resolves to
 * what the inbox should say. When somebody else was faster it rejects, and nothing of `unit` may be committed: deciding
 * again needs a new transaction, since the failed update still holds the row that the lease is taken on.
 */
export async function advanceSaga(
  orchestration: Orchestration,
  unit: UnitOfWork<pg.PoolClient>,
  occurrence: Occurrence,
): Promise<'applied' | 'nothing-to-do' | 'unknown-saga'> {
  const { sagaId } = occurrence;
  const fence = await orchestration.leases.take(sagaId);
  const loaded = await loadSaga(unit.tx, sagaId);
  if (fence === undefined && loaded.state !== undefined) throw new SagaLeasedError(sagaId);

  const decision = decide(orchestration, loaded, occurrence);
  if (decision === undefined) {
    if (fence !== undefined) await releaseLease(unit.tx, sagaId, fence);
    if (loaded.state !== undefined) return 'nothing-to-do';
    orchestration.log.warn(
      { saga_id: sagaId, cause_id: occurrence.causeId },
      `${occurrence.input.kind} for a saga that never started`,
    );
    return 'unknown-saga';
  }
  await writeDecision(orchestration, unit, { decision, loaded, occurrence }, fence);
  return 'applied';
}

/**
 * Starts a saga whose id was made just now, so that nobody can hold it: no lease, and no second connection to take it
 * with, of which many requests at once would use up the pool.
 */
export async function startNewSaga(
  orchestration: Orchestration,
  unit: UnitOfWork<pg.PoolClient>,
  occurrence: Occurrence,
): Promise<void> {
  const loaded = await loadSaga(unit.tx, occurrence.sagaId);
  const decision = decide(orchestration, loaded, occurrence);
  if (decision === undefined) throw new Error(`saga ${occurrence.sagaId} did not start`);
  await writeDecision(orchestration, unit, { decision, loaded, occurrence }, undefined);
}

function decide(orchestration: Orchestration, loaded: LoadedSaga, occurrence: Occurrence): Decision | undefined {
  const type = loaded.state?.type ?? occurrence.type;
  if (type === undefined) return undefined;
  const definition = orchestration.definitions.get(type);
  if (definition === undefined)
    throw new Error(`saga ${occurrence.sagaId} has type '${type}', which has no definition here`);
  const { policy, answerTimes } = orchestration;
  return advance({ definition, policy, answerTimes, nowMs: loaded.nowMs }, loaded.state, occurrence.input);
}

interface Advance {
  readonly decision: Decision;
  readonly loaded: LoadedSaga;
  readonly occurrence: Occurrence;
}

async function writeDecision(
  orchestration: Orchestration,
  unit: UnitOfWork<pg.PoolClient>,
  advance: Advance,
  fence: string | undefined,
): Promise<void> {
  const isSaved = await save(orchestration, unit, advance, fence);
  if (!isSaved) throw new SagaChangedError(advance.occurrence.sagaId);
  await record(unit, advance);
  unit.afterCommit(() => {
    const { answered } = advance.decision;
    if (answered !== undefined) orchestration.answerTimes.note(answered.participant, answered.tookMs);
    logTransitions(orchestration, advance.decision);
  });
}

async function save(
  orchestration: Orchestration,
  unit: UnitOfWork<pg.PoolClient>,
  { decision, loaded, occurrence }: Advance,
  fence: string | undefined,
): Promise<boolean> {
  if (loaded.state === undefined) {
    return insertSaga(unit.tx, decision.state, {
      instance: orchestration.instance,
      traceparent: occurrence.traceparent,
    });
  }
  if (fence === undefined) return false;
  return updateSaga(unit.tx, decision.state, { previousSeq: loaded.state.seq, fence });
}

async function record(unit: UnitOfWork<pg.PoolClient>, { decision, loaded, occurrence }: Advance): Promise<void> {
  const { state } = decision;
  const cause: Cause = {
    causeId: occurrence.causeId,
    causeSagaId: occurrence.causeSagaId,
    traceId: traceIdOf(occurrence.traceparent ?? loaded.traceparent),
  };
  const identity = {
    aggregateId: state.id,
    sagaId: state.id,
    orderId: state.orderId,
    // Nobody's request is at hand when a timer goes off.
    ...(typeof state.data.user_id === 'string' ? { userId: state.data.user_id } : {}),
    // A message is handled in a span that continues its trace; a timer has none and goes on from the saga's start.
    ...(occurrence.traceparent === undefined && loaded.traceparent !== undefined
      ? { traceparent: loaded.traceparent }
      : {}),
  };
  const eventIds: string[] = [];
  for (const command of decision.commands) {
    const type = `${command.participant}.${command.action}`;
    eventIds.push(
      await unit.publish({ ...identity, topic: commandsTopic(command.participant), type, payload: command }),
    );
  }
  for (const type of decision.events) {
    const payload = {
      saga_id: state.id,
      order_id: state.orderId,
      type: state.type,
      state: state.status,
      reason: state.failure,
    };
    eventIds.push(await unit.publish({ ...identity, topic: eventsTopic('orchestrator'), type, payload }));
  }
  await insertTransitions(unit.tx, state.id, decision.transitions, { nowMs: loaded.nowMs, cause, eventIds });
}

function logTransitions({ log }: Orchestration, { state, transitions }: Decision): void {
  for (const transition of transitions) {
    log.info(
      { saga_id: state.id, order_id: state.orderId, ...transition },
      `saga ${transition.to}: ${transition.reason}`,
    );
  }
}

/** Second field of a W3C `traceparent`; empty when there is none. */
const traceIdOf = (traceparent: string | undefined): string => traceparent?.split('-')[1] ?? '';
