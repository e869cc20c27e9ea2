import { ExplainedError } from '../model/explained-error.ts';
import type { Fault } from '../model/fault.ts';
import { bandwidth } from './bandwidth.ts';
import { clockJump } from './clock-jump.ts';
import { crashInTransaction } from './crash-in-transaction.ts';
import { cut } from './cut.ts';
import { diskFull } from './disk-full.ts';
import { cutConsensus } from './engines/cut-consensus.ts';
import { flushCache } from './engines/flush-cache.ts';
import { isolateLeader } from './engines/isolate-leader.ts';
import { killBrokers } from './engines/kill-brokers.ts';
import { killLeader } from './engines/kill-leader.ts';
import { killLeaderAhead } from './engines/kill-leader-ahead.ts';
import { killReplica } from './engines/kill-replica.ts';
import { rollingRestart } from './engines/rolling-restart.ts';
import { splitBrain } from './engines/split-brain.ts';
import { switchover } from './engines/switchover.ts';
import { kill } from './kill.ts';
import { latency } from './latency.ts';
import { partition } from './partition.ts';
import { pause } from './pause.ts';
import { reset } from './reset.ts';
import { slice } from './slice.ts';
import { stop } from './stop.ts';

/** Faults that can strike at any time, whatever the system does then. */
export const UNCONDITIONAL_FAULTS: readonly Fault<unknown>[] = [
  ...[kill, stop, pause],
  ...[partition, cut, reset, latency, bandwidth, slice],
];

/** Faults on the members of an engine, by the role that they have when it strikes. */
export const ENGINE_FAULTS: readonly Fault<unknown>[] = [
  ...[killLeader, killLeaderAhead, killReplica, isolateLeader, switchover],
  ...[splitBrain, cutConsensus, killBrokers, rollingRestart, flushCache],
];

/** Faults that only an environment prepared for them can take. */
const PREPARED_FAULTS: readonly Fault<unknown>[] = [clockJump, diskFull];

/** Every fault that a schedule may name. */
export const FAULTS: readonly Fault<unknown>[] = [
  ...UNCONDITIONAL_FAULTS,
  crashInTransaction,
  ...ENGINE_FAULTS,
  ...PREPARED_FAULTS,
];

/** A schedule names a fault that does not exist. */
class UnknownFault extends ExplainedError {
  constructor(fault: string) {
    super({ what: `there is no fault ${fault}`, todo: `use one of ${FAULTS.map(({ name }) => name).join(', ')}` });
  }
}

/** Throws `UnknownFault`. */
export function faultNamed(name: string): Fault<unknown> {
  const fault = FAULTS.find((known) => known.name === name);
  if (fault === undefined) throw new UnknownFault(name);
  return fault;
}
