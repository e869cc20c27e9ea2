import { ExplainedError } from '../model/explained-error.ts';
import type { Fault } from '../model/fault.ts';
import { bandwidth } from './bandwidth.ts';
import { crashInTransaction } from './crash-in-transaction.ts';
import { cut } from './cut.ts';
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

/** Every fault that a schedule may name. */
export const FAULTS: readonly Fault<unknown>[] = [...UNCONDITIONAL_FAULTS, crashInTransaction];

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
