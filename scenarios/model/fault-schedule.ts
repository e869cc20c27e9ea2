import type { Participant } from '#sut/contract/topics.ts';

/** Points of a saga step that can be seen from the topics alone, in the order in which they happen. */
export const STEP_POINTS = ['command-sent', 'command-consumed', 'effect-committed', 'reply-published'] as const;
export type StepPoint = (typeof STEP_POINTS)[number];

/** A point of a step that a saga reaches. */
export interface SagaPoint {
  readonly participant: Participant;
  readonly action: string;
  readonly point: StepPoint;
}

/** Fires at a time of the storm. */
export interface AtTime {
  readonly kind: 'time';
  readonly atMs: number;
}

/**
 * Fires when the `nth` saga (1-based, counted from `notBeforeMs` of the storm) reaches a point of a step: hits windows of a few milliseconds
 * that a timed fault misses.
 */
export interface OnEvent extends SagaPoint {
  readonly kind: 'event';
  readonly nth: number;
  readonly notBeforeMs: number;
}

export interface ScheduledFault {
  /** Unique within the schedule; names the fault in ledger, history and report. */
  readonly id: string;
  readonly fault: string;
  readonly params: unknown;
  readonly trigger: AtTime | OnEvent;
  readonly durationMs: number;
}

/** Plain JSON: printable, replayable, shrinkable. */
export interface FaultSchedule {
  readonly seed: number;
  readonly steps: readonly ScheduledFault[];
}
