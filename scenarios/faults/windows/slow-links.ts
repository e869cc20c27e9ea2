import type { Link } from '#sut/contract/components.ts';
import type { Environment } from '#sut/contract/environment.ts';
import { NotInTime } from '../../timing/eventually.ts';
import { FAULT_BOUNDS } from '../fault-bounds.ts';

/** How long one attempt waits for what should come. */
export const ATTEMPT_MS = 4_000;
const LONGER = 1.6;
const SHORTER = 0.5;

/** What became of one attempt: the window was hit; or this process came `too-late` into it; or `nothing-came` to be hit. */
export type Attempt<T> = { readonly hit: T } | { readonly missed: 'too-late' | 'nothing-came' };

export interface SlowLinks<T> {
  readonly links: readonly Link['name'][];
  /** What comes late: the requests (`up`) or the answers (`down`). */
  readonly direction: 'up' | 'down';
  /** How late at first. */
  readonly delayMs: number;
  /** What is looked for. */
  readonly what: string;
  attempt(delayMs: number): Promise<Attempt<T>>;
}

interface LinksAndSignal {
  readonly environment: Pick<Environment, 'disturb' | 'restore'>;
  readonly signal: AbortSignal;
}

/**
 * Tries to hit a window that is kept open by delaying the requests or the answers on some links. The delay is found out: one that is too short for
 * this process, busy as the machine is, grows; one under which the service gets nothing done shrinks. The links are restored
 * after each attempt; when one rejects, the ledger does it. Rejects with `NotInTime`.
 */
export async function whileLinksAreSlow<T>(
  { environment, signal }: LinksAndSignal,
  { links, direction, delayMs: firstDelayMs, what, attempt }: SlowLinks<T>,
): Promise<T> {
  const startMs = performance.now();
  let delayMs = firstDelayMs;
  for (;;) {
    for (const link of links)
      await environment.disturb(link, { kind: 'latency', latencyMs: delayMs, jitterMs: 0, direction }, signal);
    const outcome = await attempt(delayMs);
    for (const link of links) await environment.restore(link, signal);
    if ('hit' in outcome) return outcome.hit;
    if (performance.now() - startMs > FAULT_BOUNDS.windowMs) {
      throw new NotInTime(
        what,
        `${outcome.missed} with ${direction === 'up' ? 'requests' : 'answers'} delayed by ${delayMs} ms`,
        FAULT_BOUNDS.windowMs,
      );
    }
    delayMs = Math.round(delayMs * (outcome.missed === 'too-late' ? LONGER : SHORTER));
  }
}

/** Resolves to `undefined` where `waiting` rejects because nothing came in time. */
export async function orNothing<T>(waiting: Promise<T>): Promise<T | undefined> {
  try {
    return await waiting;
  } catch (error) {
    if (error instanceof NotInTime) return undefined;
    throw error;
  }
}
