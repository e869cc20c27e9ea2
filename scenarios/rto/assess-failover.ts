import { factsOf, faultDoubts, notAtRest, type Observed, timesOf, troubleBefore } from './assess-trial.ts';
import { type FailoverMoments, failoverMoments } from './failover-moments.ts';
import { phasesOf } from './phases.ts';
import type { Trial } from './recovery-result.ts';
import type { LogSighting, Testimony } from './witness/testimony.ts';

/** What was seen of a failover besides. Times as in `Observed`, those in `testimony` by the clock on the wall. */
export interface ObservedFailover extends Observed {
  /** When the harness saw another node lead (or the same one again). */
  readonly leaderMs?: number | undefined;
  /** What the servers' logs say. */
  readonly testimony?: Testimony | undefined;
  /** What the clock on the wall says at time 0. */
  readonly zeroAtMs: number;
  readonly intervalMs: number;
}

/** Two witnesses may differ by so much, and by what the log cannot tell apart. */
const TOLERANCE_MS = 100;
/** A pause of the client of so many usual ones is no outage. */
const USUAL_GAPS = 3;

/** Turns what was seen of a failover into its phases, or into the reasons why nothing was measured. Pure. */
export function failoverTrialOf(trial: number, seen: ObservedFailover): Trial {
  const { faultMs, proven, leaderMs, testimony, zeroAtMs } = seen;
  const { attempts, baselineRate, observedMs: nowMs = Number.POSITIVE_INFINITY } = seen;
  const moments =
    faultMs !== undefined && proven !== undefined
      ? failoverMoments(attempts, { faultMs, provenMs: leaderMs ?? proven.atMs }, { baselineRate, nowMs })
      : undefined;
  const unproven = doubtsOf(seen, moments);
  const ackMs = moments?.firstAckMs;
  // Who was seen later than the client was served was there before all the same.
  const atMost = (atMs: number | undefined) =>
    atMs === undefined || ackMs === undefined ? atMs : Math.min(atMs, ackMs);
  const logMs = (sighting: LogSighting | undefined) => sighting && sighting.atMs - zeroAtMs;
  const phasesMs =
    faultMs === undefined
      ? {}
      : phasesOf(faultMs, {
          'first-error': moments?.firstErrorMs,
          'failure-detected': atMost(logMs(testimony?.detected)),
          'new-leader': atMost(leaderMs),
          'first-ack': ackMs,
          'throughput-back': moments?.throughputMs,
          'backlog-drained': seen.drainedMs,
        });
  return {
    ...factsOf(trial, seen),
    phasesMs,
    ...timesOf(phasesMs, unproven),
    ...(moments?.silenceMs === undefined ? {} : { silenceMs: Math.round(moments.silenceMs) }),
    ...(faultMs === undefined ? {} : { witness: witnessOf(seen, faultMs) }),
    unproven,
  };
}

/** Both witnesses' moments, counted from the fault, and where they disagree. */
function witnessOf(
  { leaderMs, testimony, zeroAtMs }: ObservedFailover,
  faultMs: number,
): NonNullable<Trial['witness']> {
  const told = (sighting: LogSighting | undefined) =>
    sighting && { ...sighting, atMs: Math.round(sighting.atMs - zeroAtMs - faultMs) };
  const [detected, elected] = [told(testimony?.detected), told(testimony?.elected)];
  const harnessMs = leaderMs === undefined ? undefined : Math.round(leaderMs - faultMs);
  const differenceMs = harnessMs === undefined || elected === undefined ? 0 : harnessMs - elected.atMs;
  // A log that tells whole seconds names the beginning of the second in which it happened.
  const slackMs = elected === undefined || elected.resolutionMs <= 1 ? 0 : elected.resolutionMs;
  const isDisagreeing = differenceMs > TOLERANCE_MS + slackMs || differenceMs < -TOLERANCE_MS;
  return {
    ...(harnessMs === undefined ? {} : { newLeaderMs: harnessMs }),
    ...(detected === undefined ? {} : { detected }),
    ...(elected === undefined ? {} : { elected }),
    disagreements:
      isDisagreeing && harnessMs !== undefined && elected !== undefined
        ? [{ moment: 'new-leader', harnessMs, logMs: elected.atMs, differenceMs, log: elected.component }]
        : [],
  };
}

function doubtsOf(seen: ObservedFailover, moments: FailoverMoments | undefined): string[] {
  const trouble = troubleBefore(seen);
  if (trouble !== undefined) return [...trouble];
  const usualMs = Math.max(seen.intervalMs, 1_000 / seen.baselineRate);
  const reasons = [
    moments !== undefined && moments.firstAckMs === undefined && 'no write was acknowledged after the fault',
    moments?.silenceMs !== undefined &&
      moments.firstErrorMs === undefined &&
      moments.silenceMs <= USUAL_GAPS * usualMs &&
      'no write failed and none was late: the client did not need who failed',
    moments?.firstAckMs !== undefined &&
      moments.throughputMs === undefined &&
      'the throughput did not come back in time',
    seen.restless !== undefined && notAtRest(seen.restless),
  ];
  return [...faultDoubts(seen), ...reasons.filter((reason) => reason !== false)];
}
