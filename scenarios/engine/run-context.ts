import type { Plan } from '../model/plan.ts';
import type { Scenario } from '../model/scenario.ts';
import type { OperationCounts } from './operation-counts.ts';
import type { Recorder } from './recorder.ts';
import type { RunEvents } from './run-events.ts';

/** What every phase of one run shares. */
export interface RunContext {
  readonly scenario: Scenario;
  readonly plan: Plan;
  readonly history: Recorder;
  readonly counts: OperationCounts;
  readonly events: RunEvents;
  /** Aborted when the user interrupts, or when the history cannot be written any more. */
  readonly signal: AbortSignal;
}
