import { type Attempt, endsSince, isAcknowledged } from './attempt.ts';
import type { ClientMoments } from './moments.ts';
import { throughputBackMs } from './throughput.ts';

export interface FailoverMoments extends ClientMoments {
  /** The longest time since the fault without an acknowledgement, as far as it is over. */
  readonly silenceMs: number | undefined;
}

/**
 * What a client saw of a failover. Writes are acknowledged again by the one that ends the longest silence that began before
 * the successor was proven: it does not matter when a write began (one that was held until somebody could take it is
 * recovery as well), nor that one or another still overtook the fault, nor when the harness saw the successor. A silence that is not
 * over may yet become the longest: then nothing is said of its end.
 */
export function failoverMoments(
  attempts: readonly Attempt[],
  { faultMs, provenMs }: { readonly faultMs: number; readonly provenMs: number },
  { baselineRate, nowMs }: { readonly baselineRate: number; readonly nowMs: number },
): FailoverMoments {
  const silence = longestSilence(endsSince(faultMs, attempts, isAcknowledged), { faultMs, provenMs, nowMs });
  const firstAckMs = silence?.endMs;
  const [errorMs] = endsSince(faultMs, attempts, (attempt) => !isAcknowledged(attempt));
  return {
    // A write that was given up only after others succeeded again is no sign of how soon the outage showed.
    firstErrorMs: firstAckMs !== undefined && errorMs !== undefined && errorMs > firstAckMs ? undefined : errorMs,
    firstAckMs,
    throughputMs: throughputBackMs(attempts, { baselineRate, fromMs: firstAckMs, nowMs }),
    silenceMs: silence?.lengthMs,
  };
}

/** The longest silence, if it is over. `acknowledged`: from the fault on, in order. */
function longestSilence(
  acknowledged: readonly number[],
  { faultMs, provenMs, nowMs }: { readonly faultMs: number; readonly provenMs: number; readonly nowMs: number },
): { readonly endMs: number; readonly lengthMs: number } | undefined {
  let longest: { readonly endMs: number; readonly lengthMs: number } | undefined;
  let sinceMs = faultMs;
  for (const endMs of acknowledged) {
    if (sinceMs > provenMs) return longest;
    const lengthMs = endMs - sinceMs;
    if (lengthMs > (longest?.lengthMs ?? -1)) longest = { endMs, lengthMs };
    sinceMs = endMs;
  }
  const isStillLonger =
    sinceMs <= provenMs && Math.min(nowMs, Number.MAX_SAFE_INTEGER) - sinceMs > (longest?.lengthMs ?? -1);
  return isStillLonger ? undefined : longest;
}
