import { faultNamed } from '../faults/catalog.ts';
import { isOfPostgresCluster } from '../faults/evidence/whole-again.ts';
import { ExplainedError } from '../model/explained-error.ts';
import type { FaultSchedule, ScheduledFault } from '../model/fault-schedule.ts';
import type { DrawnFault } from '../model/scenario.ts';
import { areConflicting, claimOf, type FaultClaim } from './fault-conflicts.ts';

/**
 * Room before and after a fault for its proof and its healing: a broker or a database starts again in about 5 s, and a PostgreSQL
 * cluster is whole again after some 15 s.
 */
const PROOF_MS = { before: 300, afterLink: 1_500, afterComponent: 6_000, afterClusterPart: 15_000 } as const;
/** How long after `notBeforeMs` an event is expected at the latest. */
const EVENT_SLACK_MS = 3_000;
const FIRST_FAULT_MS = 1_000;

/** The drawn faults do not fit into the storm without colliding. */
export class ScheduleDoesNotFit extends ExplainedError {
  constructor(fault: string, reach: readonly string[], stormMs: number) {
    super({
      what: `the storm of ${stormMs / 1_000} s has no room for ${fault} on ${reach.join(', ')}`,
      todo: 'use a longer storm, e.g. --storm 45s',
    });
  }
}

interface Placed extends FaultClaim {
  readonly drawn: DrawnFault;
  readonly startMs: number;
  readonly endMs: number;
}

const startOf = ({ trigger }: Pick<ScheduledFault, 'trigger'>): number =>
  trigger.kind === 'time' ? trigger.atMs : trigger.notBeforeMs;

/** How long a fault occupies what it hits, from its earliest start to its proven healing. */
export function occupiedMs(step: Pick<ScheduledFault, 'fault' | 'params' | 'trigger' | 'durationMs'>): number {
  const fault = faultNamed(step.fault);
  const params = fault.parse(step.params);
  const alone = fault.requires.length > 0 ? PROOF_MS.afterComponent : PROOF_MS.afterLink;
  const { effect, heal } = fault.takesMs?.(params) ?? {
    effect: PROOF_MS.before,
    heal: fault.reach(params).some(isOfPostgresCluster) ? PROOF_MS.afterClusterPart : alone,
  };
  return (step.trigger.kind === 'event' ? EVENT_SLACK_MS : 0) + effect + step.durationMs + heal;
}

function moved(drawn: DrawnFault, startMs: number): DrawnFault {
  const trigger =
    drawn.trigger.kind === 'time' ? { ...drawn.trigger, atMs: startMs } : { ...drawn.trigger, notBeforeMs: startMs };
  return { ...drawn, trigger };
}

/** The first start, from the drawn one onward and then from the storm's begin, at which nothing collides. */
function freeStart(
  drawn: DrawnFault,
  claim: FaultClaim,
  placed: readonly Placed[],
  stormMs: number,
): number | undefined {
  const lengthMs = occupiedMs(drawn);
  const lastStartMs = stormMs - lengthMs;
  const rivals = placed.filter((other) => areConflicting(claim, other));
  const isFree = (startMs: number): boolean =>
    startMs >= FIRST_FAULT_MS &&
    startMs <= lastStartMs &&
    rivals.every((other) => startMs + lengthMs <= other.startMs || startMs >= other.endMs);
  const wishedMs = Math.max(FIRST_FAULT_MS, Math.min(startOf(drawn), lastStartMs));
  const ends = rivals.map((other) => other.endMs).sort((a, b) => a - b);
  const candidates = [wishedMs, ...ends.filter((end) => end > wishedMs), FIRST_FAULT_MS, ...ends];
  return candidates.find(isFree);
}

/**
 * Turns drawn faults into a schedule in which no two conflicting ones overlap: a fault that collides with an earlier drawn
 * one is moved to the next free time; an optional one without room is left out. Pure. Throws `ScheduleDoesNotFit`.
 */
export function arrangeSchedule(seed: number, drawnFaults: readonly DrawnFault[], stormMs: number): FaultSchedule {
  const placed: Placed[] = [];
  for (const drawn of drawnFaults) {
    const claim = claimOf(drawn);
    const startMs = freeStart(drawn, claim, placed, stormMs);
    if (startMs !== undefined) {
      placed.push({ drawn: moved(drawn, startMs), ...claim, startMs, endMs: startMs + occupiedMs(drawn) });
    } else if (!drawn.isOptional) {
      throw new ScheduleDoesNotFit(drawn.fault, claim.reach, stormMs);
    }
  }
  placed.sort((a, b) => a.startMs - b.startMs);
  const steps = placed.map(({ drawn, reach }, index): ScheduledFault => {
    const { isOptional: _, ...step } = drawn;
    return { id: `${index + 1}-${drawn.fault}-${reach.join('+').replaceAll('->', '-to-')}`, ...step };
  });
  return { seed, steps };
}
