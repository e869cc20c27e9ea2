/** How much of one service the gateway may ask for at once. */
export interface AdmissionLimits {
  readonly maxRunning: number;
  readonly maxWaiting: number;
}

/** A request that wants in. Times are milliseconds of one clock. */
export interface Arrival {
  readonly id: number;
  /** When its caller stops waiting. */
  readonly endsAtMs: number;
}

/** Everything that decides who gets in. */
export interface Admission {
  readonly running: number;
  /** First come, first served. */
  readonly waiting: readonly Arrival[];
  /** How long a request takes, as a moving average; 0 before the first has ended. */
  readonly meanMs: number;
}

export const NOBODY: Admission = { running: 0, waiting: [], meanMs: 0 };

/** Weight of the newest duration in the average: a change of pace is seen after some ten requests. */
const NEWEST_WEIGHT = 0.1;

type ArrivalDecision =
  | { readonly verdict: 'run' | 'wait'; readonly admission: Admission }
  | { readonly verdict: 'refuse'; readonly admission: Admission; readonly retryAfterMs: number };

/**
 * A request came. It waits only when it can be expected to get its turn and its answer in time: a refusal now is worth
 * more to its caller than silence.
 */
export function decideArrival(
  admission: Admission,
  arrival: Arrival,
  nowMs: number,
  limits: AdmissionLimits,
): ArrivalDecision {
  const { running, waiting, meanMs } = admission;
  if (running < limits.maxRunning) return { verdict: 'run', admission: { ...admission, running: running + 1 } };
  const turnInMs = (Math.floor(waiting.length / limits.maxRunning) + 1) * meanMs;
  const isTooLate = nowMs + turnInMs + meanMs > arrival.endsAtMs;
  if (waiting.length >= limits.maxWaiting || isTooLate) return { verdict: 'refuse', admission, retryAfterMs: turnInMs };
  return { verdict: 'wait', admission: { ...admission, waiting: [...waiting, arrival] } };
}

interface EndDecision {
  readonly admission: Admission;
  /** Who is next, if anybody. */
  readonly next: Arrival | undefined;
  /** Whose callers have stopped waiting meanwhile: they are told so, and nothing is done for them. */
  readonly expired: readonly Arrival[];
}

/** A running request ended after `tookMs`; its place goes to the first that still has time. */
export function decideEnd(admission: Admission, tookMs: number, nowMs: number): EndDecision {
  const { running, waiting } = admission;
  const meanMs = admission.meanMs === 0 ? tookMs : admission.meanMs + NEWEST_WEIGHT * (tookMs - admission.meanMs);
  const first = waiting.findIndex(({ endsAtMs }) => endsAtMs > nowMs);
  if (first === -1)
    return { admission: { running: running - 1, waiting: [], meanMs }, next: undefined, expired: waiting };
  return {
    admission: { running, waiting: waiting.slice(first + 1), meanMs },
    next: waiting[first],
    expired: waiting.slice(0, first),
  };
}

/** A waiting request is gone: its time is up or its caller has hung up. */
export function decideLeave(admission: Admission, id: number): Admission {
  return { ...admission, waiting: admission.waiting.filter((arrival) => arrival.id !== id) };
}
