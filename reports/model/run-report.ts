import type { Evidence, PhaseName } from '#invariants/history/event.ts';
import type { Verdict } from '#invariants/model/verdict.ts';

/** How a run ended, as a whole; the exit code follows from it (docs: exit codes in README). */
export type RunOutcome = 'holds' | 'violated' | 'inconclusive' | 'environment-error' | 'interrupted';

export const EXIT_CODES = {
  holds: 0,
  violated: 1,
  usage: 2,
  inconclusive: 3,
  'environment-error': 4,
  interrupted: 130,
} as const;

/** `run.json` of a bundle: what was run, where and with what; written before the first phase. */
export interface RunRecord {
  readonly formatVersion: 1;
  readonly runId: string;
  readonly scenario: string;
  readonly summary: string;
  readonly topology: string;
  /** Who brought outbox rows to their topics. */
  readonly publisher: string;
  readonly seed: number;
  /** Name of the planted defect, when the judge itself is on trial. */
  readonly defect?: string;
  readonly startedAt: string;
  /** Component name -> version and origin, e.g. `4.3.1 (cache)`. */
  readonly versions: Readonly<Record<string, string>>;
  readonly invariants: readonly string[];
  readonly objectives: { readonly rtoMs: number; readonly minSuccessRate: number; readonly maxP99Ms: number };
  /** The shell command that repeats the run. */
  readonly repeat: string;
}

export interface OperationSummary {
  readonly op: string;
  readonly ok: number;
  readonly fail: number;
  readonly info: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export interface PhaseSummary {
  readonly name: PhaseName;
  readonly durationMs: number;
  readonly failed?: string;
  /** Share of the machine's processor time that was used meanwhile, 0 to 1, where it was measured. */
  readonly busy?: number;
}

export interface FaultSummary {
  readonly id: string;
  readonly kind: string;
  readonly targets: readonly string[];
  readonly injectedAtMs: number;
  readonly effective?: Evidence;
  readonly healedAtMs?: number;
  readonly healed?: Evidence;
  readonly error?: string;
}

export interface InvariantSummary {
  readonly name: string;
  readonly summary: string;
  readonly verdict: Verdict;
}

/** Everything a reporter may show. Pure data, derived from a bundle's files alone. */
export interface RunReport extends RunRecord {
  readonly outcome: RunOutcome;
  readonly exitCode: number;
  readonly durationMs: number;
  readonly phases: readonly PhaseSummary[];
  readonly operations: readonly OperationSummary[];
  readonly faults: readonly FaultSummary[];
  readonly verdicts: readonly InvariantSummary[];
  /** Why the run proves nothing, one sentence each; empty when it is conclusive. */
  readonly inconclusive: readonly string[];
  readonly bundlePath: string;
}
