import { type Attempt, endsSince, isAcknowledged } from './attempt.ts';
import type { ClientMoments, FaultMoments } from './moments.ts';
import { throughputBackMs } from './throughput.ts';

/**
 * What a client saw of one of several instances that share the work. The others go on with their part of it, so writes are
 * acknowledged all the time: it is over with the first acknowledgement after the last write that failed. Writes that were begun
 * after the healing tell nothing of the takeover: that the instance comes back moves work once more.
 */
export function takeoverMoments(
  attempts: readonly Attempt[],
  { faultMs, healMs }: Pick<FaultMoments, 'faultMs' | 'healMs'>,
  { baselineRate, nowMs }: { readonly baselineRate: number; readonly nowMs: number },
): ClientMoments {
  const isFailed = (attempt: Attempt): boolean => !isAcknowledged(attempt) && attempt.startMs < healMs;
  const errors = endsSince(faultMs, attempts, isFailed);
  const lastErrorMs = errors.at(-1);
  const firstAckMs =
    lastErrorMs === undefined
      ? undefined
      : endsSince(faultMs, attempts, isAcknowledged).find((endMs) => endMs > lastErrorMs);
  return {
    firstErrorMs: errors[0],
    firstAckMs,
    throughputMs: throughputBackMs(attempts, { baselineRate, fromMs: firstAckMs, nowMs }),
  };
}
