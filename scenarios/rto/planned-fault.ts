import type { ScheduledFault } from '../model/fault-schedule.ts';
import type { RecoveryPlan } from './trial-context.ts';

const LEADER_FAULTS = {
  kill: 'kill-leader',
  pause: 'isolate-leader',
  switchover: 'switchover',
  stop: undefined,
} as const;

/** The fault of each trial of a plan, as it is announced and executed. Throws when the plan's failure is none of its kind. */
export function plannedFault({
  topology,
  component,
  failure,
  failover,
  probe,
}: RecoveryPlan): Pick<ScheduledFault, 'fault' | 'params'> {
  if (failover === undefined) return { fault: failure, params: { component } };
  const fault = LEADER_FAULTS[failure];
  if (fault === undefined) throw new Error(`${failure} is no failure of a leader`);
  const of = probe.led === undefined ? {} : { of: probe.led };
  return { fault, params: { engine: failover.engine, topology, detection: failover.detection, ...of } };
}
