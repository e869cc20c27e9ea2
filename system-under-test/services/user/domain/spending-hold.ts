/** Why a hold was refused, with the figures that decided it: the same command gets the same answer. */
export interface Refusal {
  readonly reason: string;
  readonly available_minor: number;
  readonly requested_minor: number;
}

/**
 * What one saga takes of its user's spending limit. `HELD` counts as spent until it is released; `REJECTED` never
 * counted. A hold may also be born `RELEASED`: a tombstone that makes a hold arriving later do nothing.
 */
export type HoldStatus = 'HELD' | 'RELEASED' | 'REJECTED';

export interface SpendingHold {
  /** A saga has one hold at most. */
  readonly sagaId: string;
  readonly orderId: string;
  /** Empty for a tombstone whose release did not say whose limit it is about. */
  readonly userId: string;
  readonly amountMinor: number;
  readonly status: HoldStatus;
  readonly refusal: Refusal | undefined;
}
