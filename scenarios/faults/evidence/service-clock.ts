import type { Evidence } from '#invariants/history/event.ts';
import type { ComponentName } from '#sut/contract/components.ts';
import { eventually } from '../../timing/eventually.ts';
import { FAULT_BOUNDS } from '../fault-bounds.ts';

/** A second cut off, half of which is put back, and the time on the way. */
const TOLERANCE_MS = 1_000;
const ROUNDED_MS = 500;
const PROBE_TIMEOUT_MS = 1_500;

/**
 * How far the wall clock of a service is ahead of ours, seen from outside: by the `Date` header of an answer, which tells
 * whole seconds, and which Node keeps until the second is over.
 */
export async function clockOffset(port: number, signal: AbortSignal): Promise<number> {
  const answer = await fetch(`http://127.0.0.1:${port}/health/live`, {
    signal: AbortSignal.any([signal, AbortSignal.timeout(PROBE_TIMEOUT_MS)]),
  });
  await answer.body?.cancel();
  const toldMs = Date.parse(answer.headers.get('date') ?? '');
  if (Number.isNaN(toldMs)) throw new Error(`port ${port} does not tell the time`);
  return Math.round(toldMs + ROUNDED_MS - Date.now());
}

/** The clock of a service is as far ahead as it should be. Rejects with `NotInTime`. */
export function provenClock(
  clock: {
    readonly name: ComponentName;
    readonly port: number;
    readonly expectedMs: number;
    /** What it was before the jump. */
    readonly offsetBeforeMs: number;
  },
  signal: AbortSignal,
): Promise<Evidence> {
  const { name, port, expectedMs, offsetBeforeMs } = clock;
  return eventually(
    `the clock of ${name} is ${expectedMs} ms ahead`,
    async () => {
      const offsetMs = await clockOffset(port, signal);
      if (Math.abs(offsetMs - expectedMs) > TOLERANCE_MS) return { missing: `it is ${offsetMs} ms ahead` };
      return {
        seen: {
          kind: expectedMs === 0 ? 'clock-agrees' : 'clock-jumped',
          detail: `the clock of ${name} is ${offsetMs} ms ahead, ${offsetBeforeMs} ms before the jump`,
          values: { offsetMs, offsetBeforeMs },
        },
      };
    },
    { timeoutMs: FAULT_BOUNDS.effectMs, intervalMs: 100, signal },
  );
}
