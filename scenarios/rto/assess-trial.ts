import { type Attempt, isAcknowledged } from './attempt.ts';
import { type ClientMoments, clientMoments } from './moments.ts';
import { phasesOf, timeUntil } from './phases.ts';
import type { Trial } from './recovery-result.ts';

/** What was seen in one trial. Times in ms of the attempts' clock; what did not happen is absent or `undefined`. */
export interface Observed {
  readonly attempts: readonly Attempt[];
  readonly baselineRate: number;
  readonly faultMs?: number | undefined;
  readonly proven?: { readonly atMs: number; readonly detail: string } | undefined;
  readonly healMs?: number | undefined;
  readonly healed?: string | undefined;
  readonly faultError?: string | undefined;
  /** Until when attempts were begun. */
  readonly observedMs?: number;
  readonly leavesBacklog?: boolean;
  readonly drainedMs?: number | undefined;
  /** What the system was still busy with when it should have been at rest. */
  readonly restless?: string;
  readonly stored?: { readonly missing: number; readonly unread: number };
}

/** Turns what was seen into the phases of a recovery, or into the reasons why nothing was measured. Pure. */
export function trialOf(trial: number, seen: Observed): Trial {
  const { attempts, baselineRate, faultMs, proven, healMs } = seen;
  const moments = faultMs !== undefined && proven !== undefined ? momentsOf(seen, faultMs, proven.atMs) : undefined;
  const unproven = doubtsOf(seen, moments);
  const phasesMs =
    faultMs === undefined
      ? {}
      : phasesOf(faultMs, {
          'first-error': moments?.firstErrorMs,
          'fault-proven': proven?.atMs,
          'heal-begun': healMs,
          'first-ack': moments?.firstAckMs,
          'throughput-back': moments?.throughputMs,
          'backlog-drained': seen.drainedMs,
        });
  const timesMs = {
    'first-ack': timeUntil(phasesMs, 'first-ack'),
    'throughput-back': timeUntil(phasesMs, 'throughput-back'),
    total: timeUntil(phasesMs, 'backlog-drained'),
  };
  return {
    trial,
    baselineRate: Math.round(baselineRate * 10) / 10,
    ...(proven === undefined ? {} : { evidence: proven.detail }),
    ...(seen.healed === undefined ? {} : { healedEvidence: seen.healed }),
    phasesMs,
    ...(unproven.length === 0 ? { timesMs } : {}),
    writes: {
      acknowledged: attempts.filter(isAcknowledged).length,
      failed: attempts.filter((attempt) => !isAcknowledged(attempt)).length,
      missing: seen.stored?.missing ?? 0,
      // Never looked for is as unknown as looked for in vain.
      unread: seen.stored?.unread ?? attempts.filter(isAcknowledged).length,
    },
    unproven,
  };
}

function momentsOf({ attempts, baselineRate, observedMs }: Observed, faultMs: number, provenMs: number): ClientMoments {
  const nowMs = observedMs ?? Number.POSITIVE_INFINITY;
  return clientMoments(attempts, { faultMs, provenMs }, { baselineRate, nowMs });
}

function doubtsOf(seen: Observed, moments: ClientMoments | undefined): string[] {
  const { attempts, baselineRate, restless, faultError, healMs } = seen;
  const busy = restless === undefined ? [] : [`the system did not come to rest ${restless}`];
  if (baselineRate === 0) {
    const lastError = attempts.findLast((attempt) => !isAcknowledged(attempt))?.error;
    return busy.length > 0
      ? busy
      : [`no write succeeded before the fault${lastError === undefined ? '' : `: ${lastError}`}`];
  }
  const reasons = [
    seen.proven === undefined && `no evidence that the fault took effect: ${faultError ?? 'none found'}`,
    seen.proven !== undefined &&
      seen.healed === undefined &&
      `no evidence that the fault was healed: ${faultError ?? 'none found'}`,
    moments !== undefined &&
      moments.firstErrorMs === undefined &&
      'no write failed: the outage was shorter than this probe notices; try a longer --down',
    moments !== undefined && moments.firstAckMs === undefined && 'no write was acknowledged after the fault',
    moments?.firstAckMs !== undefined &&
      healMs !== undefined &&
      moments.firstAckMs < healMs &&
      'a write begun after the fault was acknowledged before the healing: the component was not needed',
    moments?.firstAckMs !== undefined &&
      moments.throughputMs === undefined &&
      'the throughput did not come back in time',
  ];
  return [...reasons.filter((reason) => reason !== false), ...busy];
}
