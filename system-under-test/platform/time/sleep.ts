import { setTimeout as delay } from 'node:timers/promises';

/** Resolves after `durationMs`, or at once when `signal` aborts; for backoff, where there is no event to wait for. */
export async function sleep(durationMs: number, signal: AbortSignal): Promise<void> {
  await delay(durationMs, undefined, { signal }).catch(() => {});
}
