export interface BackoffRange {
  readonly minMs: number;
  readonly maxMs: number;
}

/**
 * Wait before the next try after `attempt` failures (1, 2, …): doubles from `minMs`, capped at `maxMs`, of which a
 * random half is taken off so that many who failed together do not come back together. `random` is in [0, 1).
 */
export function backoffMs(attempt: number, range: BackoffRange, random: () => number): number {
  const capped = Math.min(range.maxMs, range.minMs * 2 ** Math.min(attempt - 1, 30));
  return capped / 2 + (capped / 2) * random();
}
