import { type Attempt, endsSince, isAcknowledged } from './attempt.ts';

/** The rate must be back for so long, and for so many writes: of two or three, one that is late decides. */
const WINDOW_MS = 1_000;
const WINDOW_WRITES = 5;
/** Share of the rate before the fault that counts as back. */
const BASELINE_SHARE = 0.9;

/** Acknowledged writes per second in [fromMs, untilMs). */
export function rateBetween(attempts: readonly Attempt[], fromMs: number, untilMs: number): number {
  const count = endsSince(fromMs, attempts, isAcknowledged).filter((atMs) => atMs < untilMs).length;
  return (count * 1_000) / (untilMs - fromMs);
}

/**
 * The first acknowledgement at or after `fromMs` that begins a window in which the rate is at least 90 % of the baseline
 * (writes per second); only windows that are over at `nowMs` count. `undefined` while there is none, or nothing to begin from.
 */
export function throughputBackMs(
  attempts: readonly Attempt[],
  {
    baselineRate,
    fromMs,
    nowMs,
  }: { readonly baselineRate: number; readonly fromMs: number | undefined; readonly nowMs: number },
): number | undefined {
  if (fromMs === undefined) return undefined;
  const times = endsSince(fromMs, attempts, isAcknowledged);
  const windowMs = Math.max(WINDOW_MS, (WINDOW_WRITES * 1_000) / baselineRate);
  const needed = Math.ceil((BASELINE_SHARE * baselineRate * windowMs) / 1_000);
  // The last one that is needed tells; the client that is measured runs in this process, and counting would cost it its pace.
  return times.find(
    (startMs, index) =>
      startMs + windowMs <= nowMs && (times[index + needed - 1] ?? Number.POSITIVE_INFINITY) < startMs + windowMs,
  );
}
