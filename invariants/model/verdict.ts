/** `unknown` is never success: the evidence to say `holds` was missing. */
export type Outcome = 'holds' | 'violated' | 'unknown';

/** One proof that a claim is false. */
export interface Violation {
  readonly message: string;
  /** The business entity concerned, e.g. `order 7f…`, `product p-3`, `topic order.events`. */
  readonly entity: string;
  /** The first place on the entity's way where reality and claim part, e.g. `payment -> acquirer`. */
  readonly hop?: string;
  /** Indexes of the history events that prove it; may be empty when only the harvest proves it. */
  readonly events: readonly number[];
  /** Nothing that a system does later undoes it: it refutes the claim even while the system is still at work. */
  readonly isFinal?: true;
}

/** The finding of one checker. `counts` says on how much evidence it rests. */
export interface Verdict {
  readonly outcome: Outcome;
  readonly violations: readonly Violation[];
  /** How many entities were looked at, and whatever else the reader needs to trust the outcome. */
  readonly counts: Readonly<Record<string, number>>;
  /** Why the outcome is `unknown`, or what limits the finding. */
  readonly reason?: string;
}
