import type { Participant } from '#sut/contract/topics.ts';

/** A message that starts a saga, reduced to what the saga needs. `data` is kept with the saga and feeds its commands. */
export interface SagaStart {
  readonly sagaId: string;
  readonly orderId: string;
  readonly data: Readonly<Record<string, unknown>>;
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

export interface SagaStep extends SagaAction {
  readonly id: string;
  readonly kind: StepKind;
  /** Undoes the step; must also be right when the step never ran or is still running. */
  readonly compensation?: SagaAction;
}

/** Work that ends a compensated saga, named after the step whose place it takes. */
interface ClosingAction extends SagaAction {
  readonly step: string;
}

export interface RetryPolicy {
  /** How long an attempt may go unanswered before it is repeated. */
  readonly stepTimeoutMs: number;
  /** Attempts of a compensatable step before the saga gives up and compensates. */
  readonly maxAttempts: number;
  /** Longest wait between attempts of work that is repeated for ever. */
  readonly maxRetryDelayMs: number;
}

/** A saga as data: which message starts it, its steps in order, and what a compensated one still has to do. */
export interface SagaDefinition {
  readonly id: string;
  /** The message that starts it. */
  readonly startedBy: { readonly topic: string; readonly type: string };
  /** Reads the starting message; throws when it is not readable. */
  readonly read: (payload: unknown) => SagaStart;
  readonly steps: readonly [SagaStep, ...SagaStep[]];
  /** Run in this order once every started step is undone. */
  readonly closing: readonly ClosingAction[];
}
