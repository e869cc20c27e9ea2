import { holds, unknown, violated } from './make-verdict.ts';
import type { Verdict, Violation } from './verdict.ts';

/** Longest list of violations in a verdict; all are counted, the first ones are shown. */
export const MAX_LISTED_VIOLATIONS = 100;

/** Where a violation shows: the entity, the first divergent hop, and the history events that prove it. */
export interface Place {
  readonly entity: string;
  readonly hop: string;
  readonly events?: readonly number[];
  /** As in `Violation`. */
  readonly isFinal?: true;
}

/** What a checker found so far; `verdict` makes up the balance. Memory is bounded whatever is found. */
export class Findings {
  readonly #final: Violation[] = [];
  readonly #listed: Violation[] = [];
  #violations = 0;
  #doubt: string | undefined;

  violate(message: string, place: Place): void {
    this.#violations += 1;
    const list = place.isFinal ? this.#final : this.#listed;
    if (list.length < MAX_LISTED_VIOLATIONS) list.push({ message, events: [], ...place });
  }

  /** Some evidence is missing: the verdict can no longer be `holds`. The first reason is kept. */
  doubt(reason: string): void {
    this.#doubt ??= reason;
  }

  /**
   * `relevant` is the number of entities that the claim is about; a claim about nothing is `unknown`, with
   * `nothing` as the reason, so that an empty run never passes.
   */
  verdict(counts: Readonly<Record<string, number>>, relevant: number, nothing: string): Verdict {
    if (this.#violations > 0) {
      // The final ones first, so that none of them is cut off.
      const listed = [...this.#final, ...this.#listed].slice(0, MAX_LISTED_VIOLATIONS);
      return violated(listed, { ...counts, violations: this.#violations });
    }
    if (this.#doubt !== undefined) return unknown(this.#doubt, counts);
    return relevant === 0 ? unknown(nothing, counts) : holds(counts);
  }
}
