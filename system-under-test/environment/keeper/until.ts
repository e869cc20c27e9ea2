import { setTimeout as delay } from 'node:timers/promises';

/** Polls a condition until it holds. Resolves to whether it did within `timeoutMs`. */
export async function until(condition: () => boolean, timeoutMs: number, intervalMs = 15): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  while (!condition()) {
    if (performance.now() >= deadline) return false;
    await delay(intervalMs);
  }
  return true;
}
