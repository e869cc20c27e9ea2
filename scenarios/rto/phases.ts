/** Phases of a recovery by restart (design: "Recovery time"), in their order; each ends with the moment that its name tells. */
export const RECOVERY_PHASES = [
  'first-error',
  'fault-proven',
  'heal-begun',
  'first-ack',
  'throughput-back',
  'backlog-drained',
] as const;
/** Phases of a failover: the healing of the node that died is none, writes go on without it. */
export const FAILOVER_PHASES = [
  'first-error',
  'failure-detected',
  'new-leader',
  'first-ack',
  'throughput-back',
  'backlog-drained',
] as const;
/** Every phase, so that those of either kind stand in their order. */
export const ALL_PHASES = [
  'first-error',
  'fault-proven',
  'heal-begun',
  'failure-detected',
  'new-leader',
  'first-ack',
  'throughput-back',
  'backlog-drained',
] as const;
export type RecoveryPhase = (typeof ALL_PHASES)[number];

/** Milliseconds of each phase that applied. */
export type PhaseDurations = Readonly<Partial<Record<RecoveryPhase, number>>>;

/**
 * Cuts the time since the fault into phases without gap or overlap, so that their sum is the total. A moment that came
 * before the one in front of it (a fault is proven before a client notices it) ends a phase of length zero.
 */
export function phasesOf(
  faultMs: number,
  moments: Readonly<Partial<Record<RecoveryPhase, number | undefined>>>,
): PhaseDurations {
  const phases: Partial<Record<RecoveryPhase, number>> = {};
  let reachedMs = faultMs;
  for (const phase of ALL_PHASES) {
    const atMs = moments[phase];
    if (atMs === undefined) continue;
    const untilMs = Math.max(reachedMs, atMs);
    phases[phase] = inMicroseconds(untilMs - reachedMs);
    reachedMs = untilMs;
  }
  return phases;
}

/** Time from the fault to the end of a phase. */
export function timeUntil(phases: PhaseDurations, last: RecoveryPhase): number {
  const upTo = ALL_PHASES.slice(0, ALL_PHASES.indexOf(last) + 1);
  return inMicroseconds(upTo.reduce((sum, phase) => sum + (phases[phase] ?? 0), 0));
}

const inMicroseconds = (timeMs: number): number => Math.round(timeMs * 1_000) / 1_000;
