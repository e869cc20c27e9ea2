import type { History } from '../history/history.ts';
import type { Harvest } from './harvest.ts';
import type { Invariant, Objectives } from './invariant.ts';
import { unknown, violated } from './make-verdict.ts';
import type { Verdict } from './verdict.ts';

export type HarvestSource = Exclude<keyof Harvest, 'unreadable' | 'stillAtWork'>;

export interface InvariantDefinition {
  readonly name: string;
  readonly summary: string;
  /** Parts of the harvest that the claim rests on: when one of them could not be read, the verdict is `unknown`. */
  readonly needs: readonly HarvestSource[];
  check(history: History, harvest: Harvest, objectives: Objectives): Verdict;
}

/** Makes an invariant out of a check that may take for granted that everything it needs was read. */
export function defineInvariant(definition: InvariantDefinition): Invariant {
  return {
    name: definition.name,
    summary: definition.summary,
    check(history, harvest, objectives, signal) {
      signal?.throwIfAborted();
      // The history is complete whatever became of the harvest.
      if (definition.needs.length === 0) return definition.check(history, harvest, objectives);
      const missing = unreadableNeed(harvest, definition.needs);
      if (missing !== undefined) return unknown(missing);
      return unlessStillAtWork(definition.check(history, harvest, objectives), harvest.stillAtWork);
    },
  };
}

/** What a system lacks may still come; a charge that stands there twice waits for nothing. */
function unlessStillAtWork(verdict: Verdict, stillAtWork: string | undefined): Verdict {
  const [first] = verdict.violations;
  if (stillAtWork === undefined || first === undefined) return verdict;
  const final = verdict.violations.filter(({ isFinal }) => isFinal);
  if (final.length > 0) return violated(final, { ...verdict.counts, violations: final.length });
  const found = `${first.entity}: ${first.message}`;
  return unknown(`the system was still at work (${stillAtWork}); as it stood: ${found}`, verdict.counts);
}

function unreadableNeed(harvest: Harvest, needs: readonly string[]): string | undefined {
  for (const { source, reason } of harvest.unreadable) {
    const part = source.split('/', 1)[0] ?? source;
    if (needs.includes(part) || !Object.hasOwn(harvest, part)) return `${source} could not be read: ${reason}`;
  }
  return undefined;
}
