import type { Command, Reply } from '#sut/contract/messages.ts';
import type { SagaStart } from './saga-definition.ts';

/** `RUNNING` goes forward, `COMPENSATING` undoes; the other two are final. */
export type SagaStatus = 'RUNNING' | 'COMPENSATING' | 'COMPLETED' | 'COMPENSATED';

/** Everything that decides what a saga does next; one row of `sagas`. Times are epoch milliseconds. */
export interface SagaState {
  readonly id: string;
  readonly type: string;
  readonly orderId: string;
  readonly status: SagaStatus;
  /** The step whose answer is awaited; the last one when the saga has ended. */
  readonly step: string;
  readonly attempt: number;
  /** Steps still to undo and closing actions still to run, in order; the first is awaited. Empty unless COMPENSATING. */
  readonly pending: readonly string[];
  readonly data: Readonly<Record<string, unknown>>;
  /** Why the saga compensates; empty while it goes forward. */
  readonly failure: string;
  /** When the awaited step was first asked for. */
  readonly askedAtMs: number;
  /** When the awaited answer is overdue; undefined once the saga has ended. */
  readonly deadlineMs: number | undefined;
  /** Number of the last transition. */
  readonly seq: number;
}

export type SagaInput =
  | ({ readonly kind: 'start' } & SagaStart)
  | ({ readonly kind: 'reply' } & Pick<Reply, 'step' | 'participant' | 'action' | 'attempt' | 'outcome' | 'reason'>)
  | { readonly kind: 'timeout' }
  | { readonly kind: 'cancel-request'; readonly reason: string };

/** One line of a saga's provenance. Something that changed nothing is logged too, with `from` equal to `to`. */
export interface SagaTransition {
  readonly seq: number;
  readonly from: SagaStatus | '';
  readonly to: SagaStatus;
  /** The step awaited after the transition. */
  readonly step: string;
  readonly reason: string;
  readonly attempt: number;
}

export const SAGA_EVENTS = {
  RUNNING: 'saga.started',
  COMPENSATING: 'saga.compensating',
  COMPLETED: 'saga.completed',
  COMPENSATED: 'saga.compensated',
} as const satisfies Record<SagaStatus, string>;

/** What an input leads to; state, commands, events and transitions are written in one transaction. */
export interface Decision {
  readonly state: SagaState;
  readonly commands: readonly Command[];
  readonly events: readonly (typeof SAGA_EVENTS)[SagaStatus][];
  readonly transitions: readonly SagaTransition[];
  /** How long the awaited answer took, where it tells: it was to the first attempt. */
  readonly answered?: { readonly participant: string; readonly tookMs: number };
}

export const isTerminal = (status: SagaStatus): boolean => status === 'COMPLETED' || status === 'COMPENSATED';
