import type { z } from 'zod';
import type { Participant } from '#sut/contract/topics.ts';

type SagaData = Readonly<Record<string, unknown>>;

/** A message that starts a saga, reduced to what the saga needs. `data` is kept with the saga and feeds its commands. */
export interface SagaStart {
  readonly sagaId: string;
  /** What the saga is about: an order, or the request that started it. */
  readonly orderId: string;
  readonly data: SagaData;
}

/** A client's request that starts a saga; its ids are made when it is accepted. Equal requests have equal JSON. */
export interface SagaRequest {
  readonly userId: string;
  readonly data: SagaData;
}

/** Started by a message. What `schema` refuses becomes a dead letter. */
export interface MessageStarter {
  readonly kind: 'message';
  readonly topic: string;
  readonly type: string;
  readonly schema: z.ZodType<SagaStart>;
}

/**
 * Started by `POST <path>`, with an `Idempotency-Key`. The request is called `<definition id>-<uuid>`, which is the
 * saga's `orderId`, and is answered with `{ saga_id, <definition id>_id }`. What `schema` refuses is answered 400.
 */
export interface RequestStarter {
  readonly kind: 'request';
  readonly path: `/saga/${string}`;
  readonly schema: z.ZodType<SagaRequest>;
}

/** One piece of work asked of a participant. `fields` names the entries of the saga's data that it is given. */
export interface SagaAction {
  readonly participant: Participant;
  readonly action: string;
  readonly fields: readonly string[];
}

/**
 * The kinds of step of Garcia-Molina and Salem's sagas, in Richardson's terms (Microservices Patterns, ch. 4):
 * `compensatable` steps can be undone, the one `pivot` decides, `retriable` steps after it are repeated until they succeed.
 */
type StepKind = 'compensatable' | 'pivot' | 'retriable';

/** Holds when the entry of the saga's data is a number above the bound. Data never changes, so neither does the answer. */
export interface StepCondition {
  readonly field: string;
  readonly above: number;
}

export interface SagaStep extends SagaAction {
  readonly id: string;
  readonly kind: StepKind;
  /** The step is part of the saga only when this holds; absent: always. */
  readonly when?: StepCondition;
  /** Undoes the step; must also be right when the step never ran or is still running. */
  readonly compensation?: SagaAction;
}

/** Work that ends a compensated saga, named after the step whose place it takes. */
interface ClosingAction extends SagaAction {
  readonly step: string;
}

export interface RetryPolicy {
  /** How long the first attempt may go unanswered before it is repeated; the next waits twice as long, and so on. */
  readonly stepTimeoutMs: number;
  /** Attempts of a compensatable step before the saga gives up and compensates. */
  readonly maxAttempts: number;
  /** Longest wait between attempts; also after a refusal, whoever is slow. */
  readonly maxRetryDelayMs: number;
  /** Longest wait for a participant that is known to take longer than that. */
  readonly maxAnswerMs: number;
}

/** A saga as data: what starts it, its steps in order, and what a compensated one still has to do. */
export interface SagaDefinition<Starter extends MessageStarter | RequestStarter = MessageStarter | RequestStarter> {
  readonly id: string;
  readonly startedBy: Starter;
  readonly steps: readonly [SagaStep, ...SagaStep[]];
  /** Run in this order once every started step is undone. */
  readonly closing: readonly ClosingAction[];
}
