import { setTimeout as delay } from 'node:timers/promises';
import type { Topology } from '#sut/contract/components.ts';
import type { Environment } from '#sut/contract/environment.ts';
import { describeActivity, type SystemActivity, UNREADABLE } from '../model/system-activity.ts';
import { ActivityWatch, type Rest } from './activity-watch.ts';
import { reasonOf } from './reason-of.ts';
import type { RunEvents } from './run-events.ts';
import { observeActivity } from './stores/observe-activity.ts';
import type { Stores } from './stores/stores.ts';

/** A saga waits up to 20 s before it asks again, 60 s on a cluster: longer than that nothing moves only when nothing will. */
const STUCK_AFTER_MS: Readonly<Record<Topology, number>> = { compact: 30_000, cluster: 75_000 };
const POLL_INTERVAL_MS = 200;
/** Pause after a look, in its own lengths: a look asks every store and the brokers, and a busy system must not be kept busy by it. */
const PAUSE_PER_LOOK = 4;

/** How waiting for rest has ended, and the last that was seen. */
export interface Waited {
  readonly reason: Rest;
  readonly activity: SystemActivity;
}

const UNSEEN: SystemActivity = { sagas: [], orders: [], outbox: {}, lag: {}, pending: { [UNREADABLE]: 1 } };

/**
 * Waits until the system has nothing left to do, or nothing moves any more, or `boundMs` are over; resolves to which of them and
 * to the last activity. A look that fails (a store is still starting) counts as activity unseen. Rejects with the signal's reason.
 */
export async function awaitQuiescence(
  stores: Stores,
  environment: Environment,
  boundMs: number,
  { events, signal }: { readonly events: RunEvents; readonly signal: AbortSignal },
): Promise<Waited> {
  const watch = new ActivityWatch({ stuckAfterMs: STUCK_AFTER_MS[environment.topology], boundMs }, performance.now());
  for (;;) {
    signal.throwIfAborted();
    const lookedMs = performance.now();
    const activity = await observeActivity(stores, environment, signal).catch((error: unknown): SystemActivity => {
      signal.throwIfAborted();
      return { ...UNSEEN, orders: [reasonOf(error)] };
    });
    const state = watch.look(activity, performance.now());
    if (state !== 'moving') return { reason: state, activity };
    events.emit('waiting', describeActivity(activity));
    const lookMs = performance.now() - lookedMs;
    await delay(Math.max(POLL_INTERVAL_MS, PAUSE_PER_LOOK * lookMs), undefined, { signal });
  }
}
