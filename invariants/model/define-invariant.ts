import type { History } from '../history/history.ts';
import type { Harvest } from './harvest.ts';
import type { Invariant, Objectives } from './invariant.ts';
import { unknown } from './make-verdict.ts';
import type { Verdict } from './verdict.ts';

export type HarvestSource = Exclude<keyof Harvest, 'unreadable'>;

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
      const missing = unreadableNeed(harvest, definition.needs);
      return missing === undefined ? definition.check(history, harvest, objectives) : unknown(missing);
    },
  };
}

function unreadableNeed(harvest: Harvest, needs: readonly string[]): string | undefined {
  if (needs.length === 0) return undefined;
  for (const { source, reason } of harvest.unreadable) {
    const part = source.split('/', 1)[0] ?? source;
    if (needs.includes(part) || !Object.hasOwn(harvest, part)) return `${source} could not be read: ${reason}`;
  }
  return undefined;
}
