/** Time bounds of faults, in milliseconds. */
export const FAULT_BOUNDS = {
  /** A harm must show within this time, or it did not take effect. */
  effectMs: 5_000,
  /** A cold database or broker restarts in a few seconds; on two slow, busy cores a broker was seen to take 60 s. */
  healMs: 90_000,
  /** A moment of a transaction that a fault waits for must come within this time. */
  windowMs: 14_000,
  /** A probe that gets no answer for this long counts as unanswered. */
  silenceMs: 700,
} as const;
