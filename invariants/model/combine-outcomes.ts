import type { Outcome } from './verdict.ts';

/**
 * The outcome of several claims together: one violation outweighs everything, and nothing holds as a whole while one part
 * is unknown. No claim at all is `unknown`: who judged nothing has shown nothing.
 */
export function combineOutcomes(outcomes: Iterable<Outcome>): Outcome {
  let combined: Outcome | undefined;
  for (const outcome of outcomes) {
    if (outcome === 'violated') return 'violated';
    if (combined === undefined || outcome === 'unknown') combined = outcome;
  }
  return combined ?? 'unknown';
}
