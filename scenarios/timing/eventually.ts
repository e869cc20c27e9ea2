import { setTimeout as delay } from 'node:timers/promises';

/** A condition did not come true in time; `last` is what was seen instead. */
export class NotInTime extends Error {
  readonly what: string;
  readonly last: string;

  constructor(what: string, last: string, timeoutMs: number) {
    super(`${what}: not within ${timeoutMs} ms; last seen: ${last}`);
    this.name = 'NotInTime';
    this.what = what;
    this.last = last;
  }
}

/** What a check of a condition found: `seen` proves it, `missing` says what was there instead. */
export type Sighting<T> = { readonly seen: T } | { readonly missing: string };

/**
 * Checks a condition until it is seen, and resolves to what was seen. A check that throws has not seen it. Rejects with
 * `NotInTime` after `timeoutMs`, and with the signal's reason when aborted.
 */
export async function eventually<T>(
  what: string,
  check: () => Promise<Sighting<T>>,
  {
    timeoutMs,
    intervalMs = 50,
    signal,
  }: { readonly timeoutMs: number; readonly intervalMs?: number; readonly signal: AbortSignal },
): Promise<T> {
  const deadlineMs = performance.now() + timeoutMs;
  for (;;) {
    signal.throwIfAborted();
    const sighting = await check().catch((error: unknown) => ({ missing: String(error) }));
    if ('seen' in sighting) return sighting.seen;
    if (performance.now() >= deadlineMs) throw new NotInTime(what, sighting.missing, timeoutMs);
    await delay(intervalMs, undefined, { signal });
  }
}
