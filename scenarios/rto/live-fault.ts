import { nodesOf } from '#sut/contract/components.ts';
import { announceFault, executeFault } from '../engine/execute-fault.ts';
import { healOpenFaults } from '../engine/heal-open-faults.ts';
import type { ScheduledFault } from '../model/fault-schedule.ts';
import type { ObservedFailover } from './assess-failover.ts';
import { plannedFault } from './planned-fault.ts';
import type { TrialContext } from './trial-context.ts';
import { followLogs } from './witness/follow-logs.ts';
import { successionIn } from './witness/succession.ts';
import { testimonyOf } from './witness/testimony-of.ts';

const UNDO_BOUND_MS = 45_000;

/** What came of a fault; of a failover also who led when, by the harness and by the servers' logs. */
export type LivedFault = Pick<
  ObservedFailover,
  'faultMs' | 'proven' | 'healMs' | 'healed' | 'faultError' | 'leaderMs' | 'testimony'
>;

/** Announces, injects, proves and heals the fault of a trial; what came of it is read off history and logs. */
export async function liveFault(trial: number, context: TrialContext): Promise<LivedFault> {
  const { plan, environment, history, faultEvents, zeroAtMs, signal } = context;
  const { topology, failover, probe } = plan;
  const step: ScheduledFault = {
    id: `rto-${trial}-${plan.failure}-${plan.component}`,
    ...plannedFault(plan),
    trigger: { kind: 'time', atMs: 0 },
    durationMs: plan.downMs,
  };
  const logs = failover && followLogs(environment, topology, failover.engine);
  await announceFault(step, environment, 0);
  await executeFault(step, environment, { history, signal });
  signal.throwIfAborted();
  const [inject, effective, heal, healed] = (['inject', 'effective', 'heal', 'healed'] as const).map((phase) =>
    faultEvents.find((event) => event.fault === step.id && event.phase === phase),
  );
  // It was never in effect; what an injection that was refused left behind may have come after its undoing.
  if (healed === undefined) await healOpenFaults([step], environment, AbortSignal.timeout(UNDO_BOUND_MS));
  const lived = {
    faultMs: inject?.timeMs,
    proven: effective?.evidence && { atMs: effective.timeMs, detail: effective.evidence.detail },
    healMs: heal?.timeMs,
    healed: healed?.evidence?.detail,
    faultError: effective?.error ?? healed?.error,
  };
  const succession = successionIn(effective?.evidence?.values);
  if (failover === undefined || logs === undefined || succession === undefined) return lived;
  const { engine } = failover;
  // Who leads is looked up before the leader is harmed: that is not yet the fault.
  const faultMs = succession.struckAtMs - zeroAtMs;
  return {
    ...lived,
    faultMs,
    leaderMs: faultMs + succession.failoverMs,
    testimony: testimonyOf(logs(), { ...succession, engine, nodes: nodesOf(topology, engine), of: probe.led }),
  };
}
