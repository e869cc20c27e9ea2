import type { Verdict, Violation } from './verdict.ts';

type Counts = Readonly<Record<string, number>>;

/** The claim is true as far as the evidence goes; `counts` says how far. */
export function holds(counts: Counts): Verdict {
  return { outcome: 'holds', violations: [], counts };
}

/** The claim is false. `counts.violations` is the true number when the list is capped. */
export function violated(violations: readonly Violation[], counts: Counts): Verdict {
  return { outcome: 'violated', violations, counts: { violations: violations.length, ...counts } };
}

/** The evidence is missing; `reason` says which and, where it can, what to do about it. */
export function unknown(reason: string, counts: Counts = {}): Verdict {
  return { outcome: 'unknown', violations: [], counts, reason };
}
