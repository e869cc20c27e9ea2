import type { History } from '../history/history.ts';
import type { Harvest } from './harvest.ts';
import type { Invariant, Objectives } from './invariant.ts';
import { unknown } from './make-verdict.ts';
import type { Verdict } from './verdict.ts';

export interface Judgement {
  readonly name: string;
  readonly summary: string;
  readonly verdict: Verdict;
}

/**
 * Asks every invariant in turn. A checker that throws proves nothing, so its verdict is `unknown` with the reason.
 * Stops with the signal's reason when it is aborted.
 */
export function judge(
  invariants: readonly Invariant[],
  history: History,
  harvest: Harvest,
  objectives: Objectives,
  signal?: AbortSignal,
): readonly Judgement[] {
  return invariants.map((invariant) => {
    signal?.throwIfAborted();
    const { name, summary } = invariant;
    return { name, summary, verdict: ask(invariant, history, harvest, objectives, signal) };
  });
}

function ask(
  invariant: Invariant,
  history: History,
  harvest: Harvest,
  objectives: Objectives,
  signal: AbortSignal | undefined,
): Verdict {
  try {
    return invariant.check(history, harvest, objectives, signal);
  } catch (error) {
    signal?.throwIfAborted();
    return unknown(`the checker ${invariant.name} failed: ${error instanceof Error ? error.message : String(error)}`);
  }
}
