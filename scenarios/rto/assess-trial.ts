import { type Attempt, isAcknowledged } from './attempt.ts';
import { type ClientMoments, clientMoments } from './moments.ts';
import { type PhaseDurations, phasesOf, timeUntil } from './phases.ts';
import type { Trial } from './recovery-result.ts';
import { takeoverMoments } from './takeover-moments.ts';

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
  readonly isTakeover?: boolean | undefined;
}

/** Why there is nothing to look at: the writes did not go through in peace. `undefined` when they did. */
export function troubleBefore({ attempts, baselineRate, restless }: Observed): readonly string[] | undefined {
  if (baselineRate > 0) return undefined;
  if (restless !== undefined) return [notAtRest(restless)];
  const lastError = attempts.findLast((attempt) => !isAcknowledged(attempt))?.error;
  return [`no write succeeded before the fault${lastError === undefined ? '' : `: ${lastError}`}`];
}

export const notAtRest = (restless: string): string => `the system did not come to rest ${restless}`;

/** What a trial tells whatever its kind. */
export function factsOf(trial: number, { attempts, baselineRate, proven, healed, stored }: Observed) {
  const acknowledged = attempts.filter(isAcknowledged).length;
  return {
    trial,
    baselineRate: Math.round(baselineRate * 10) / 10,
    ...(proven === undefined ? {} : { evidence: proven.detail }),
    ...(healed === undefined ? {} : { healedEvidence: healed }),
    writes: {
      acknowledged,
      failed: attempts.length - acknowledged,
      missing: stored?.missing ?? 0,
      // Never looked for is as unknown as looked for in vain.
      unread: stored?.unread ?? acknowledged,
    },
  };
}

/** Doubts about the fault itself. */
export function faultDoubts({ proven, healed, faultError }: Observed): readonly string[] {
  const said = faultError ?? 'none found';
  if (proven === undefined) return [`no evidence that the fault took effect: ${said}`];
  return healed === undefined ? [`no evidence that the fault was healed: ${said}`] : [];
}

/** Turns what was seen into the phases of a recovery, or into the reasons why nothing was measured. Pure. */
export function trialOf(trial: number, seen: Observed): Trial {
  const { faultMs, proven, healMs } = seen;
  const moments = faultMs !== undefined && proven !== undefined ? momentsOf(seen, faultMs, proven.atMs) : undefined;
  const unproven = doubtsOf(seen, moments);
  const phasesMs =
    faultMs === undefined
      ? {}
      : phasesOf(faultMs, {
          'first-error': moments?.firstErrorMs,
          'fault-proven': proven?.atMs,
          'heal-begun': seen.isTakeover ? undefined : healMs,
          'first-ack': moments?.firstAckMs,
          'throughput-back': moments?.throughputMs,
          'backlog-drained': seen.drainedMs,
        });
  return { ...factsOf(trial, seen), phasesMs, ...timesOf(phasesMs, unproven), unproven: [...unproven] };
}

/** The times that are gated, unless nothing was measured. */
export function timesOf(phasesMs: PhaseDurations, unproven: readonly string[]): Pick<Trial, 'timesMs'> {
  if (unproven.length > 0) return {};
  return {
    timesMs: {
      'first-ack': timeUntil(phasesMs, 'first-ack'),
      'throughput-back': timeUntil(phasesMs, 'throughput-back'),
      total: timeUntil(phasesMs, 'backlog-drained'),
    },
  };
}

/** How a recovery without a leader is read: by restart, or taken over by other instances. */
export const readerOf = (isTakeover = false) => (isTakeover ? takeoverMoments : clientMoments);

function momentsOf(seen: Observed, faultMs: number, provenMs: number): ClientMoments {
  const { attempts, baselineRate, observedMs: nowMs = Number.POSITIVE_INFINITY } = seen;
  const read = readerOf(seen.isTakeover);
  return read(attempts, { faultMs, provenMs, healMs: seen.healMs ?? nowMs }, { baselineRate, nowMs });
}

/** A restart recovers by the healing, a takeover without it. */
function wronglyHealed({ isTakeover }: Observed, { firstAckMs, throughputMs }: ClientMoments, healMs: number) {
  if (isTakeover) {
    const isTooEarly = throughputMs !== undefined && throughputMs >= healMs;
    return isTooEarly && 'the instance was back before the others had taken over; try a longer --down';
  }
  const isTooLate = firstAckMs !== undefined && firstAckMs < healMs;
  return isTooLate && 'a write begun after the fault was acknowledged before the healing: the component was not needed';
}

function doubtsOf(seen: Observed, moments: ClientMoments | undefined): readonly string[] {
  const { restless, healMs } = seen;
  const trouble = troubleBefore(seen);
  if (trouble !== undefined) return trouble;
  const reasons = [
    moments !== undefined &&
      moments.firstErrorMs === undefined &&
      'no write failed: the outage was shorter than this probe notices; try a longer --down',
    moments !== undefined && moments.firstAckMs === undefined && 'no write was acknowledged after the fault',
    moments !== undefined && healMs !== undefined && wronglyHealed(seen, moments, healMs),
    moments?.firstAckMs !== undefined &&
      moments.throughputMs === undefined &&
      'the throughput did not come back in time',
    restless !== undefined && notAtRest(restless),
  ];
  return [...faultDoubts(seen), ...reasons.filter((reason) => reason !== false)];
}
