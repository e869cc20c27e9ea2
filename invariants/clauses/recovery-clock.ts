import { type FaultWindow, touches } from '../model/fault-windows.ts';

/** When the recovery from a fault can be measured (ms): another fault on the same operations postpones it, a later one ends it. */
export interface RecoveryClock {
  readonly startMs: number;
  readonly endMs: number;
}

/** `concerned`: the paths of the operations that are looked at. */
export function recoveryClock(
  fault: FaultWindow,
  all: readonly FaultWindow[],
  concerned: readonly unknown[],
  rtoMs: number,
): RecoveryClock {
  const others = all.filter((other) => other !== fault && concerned.some((reach) => touches(other.targets, reach)));
  let startMs = fault.healedMs ?? Number.POSITIVE_INFINITY;
  for (const other of others.toSorted((a, b) => a.injectMs - b.injectMs)) {
    if (other.injectMs > startMs + rtoMs) return { startMs, endMs: other.injectMs };
    // One whose healing failed may still do harm: nothing is held against the fault beside it.
    startMs = Math.max(startMs, other.overMs ?? Number.POSITIVE_INFINITY);
  }
  return { startMs, endMs: Number.POSITIVE_INFINITY };
}
