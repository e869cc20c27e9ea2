import type { History } from '../history/history.ts';
import type { Harvest } from './harvest.ts';
import type { Verdict } from './verdict.ts';

/** The numbers a scenario promises; a checker that needs one gets it from here. */
export interface Objectives {
  /** Longest time without a successful operation after a fault (ms). */
  readonly rtoMs: number;
  /** Operations outside every fault's reach: least share that succeeds (0..1) and p99 latency (ms). */
  readonly minSuccessRate: number;
  readonly maxP99Ms: number;
}

/**
 * A named claim about a run. `check` is pure: same input, same verdict; no clock, no I/O, and it changes
 * nothing. It is linear in the size of its input. It answers `unknown` when the evidence is missing, and
 * stops with `signal`'s reason when aborted.
 */
export interface Invariant {
  readonly name: string;
  readonly summary: string;
  check(history: History, harvest: Harvest, objectives: Objectives, signal?: AbortSignal): Verdict;
}
