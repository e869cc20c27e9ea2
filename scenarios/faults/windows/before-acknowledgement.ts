import type { Link } from '#sut/contract/components.ts';
import type { Environment } from '#sut/contract/environment.ts';
import { Stores } from '../../engine/stores/stores.ts';
import { eventually } from '../../timing/eventually.ts';
import { FAULT_BOUNDS } from '../fault-bounds.ts';
import { aimAtPrimary } from './aim-at-primary.ts';
import { type OutboxView, outboxView } from './outbox-view.ts';
import type { Strike, Struck } from './struck.ts';

/** How late every answer of the database comes: what may pass between a commit and its being seen and cut off. */
const ANSWER_DELAY_MS = 600;
const POLL_MS = 10;
const ATTEMPTS_MAX = 5;

/**
 * Kills the primary after a transaction of the service has committed and before the service can have heard of it: answers are
 * delayed, a commit is seen in the database, the connections are closed before the delay is over. Rejects with `NotInTime`
 * when nothing is committed, and when this process was too slow every time.
 */
export async function strikeBeforeAcknowledgement({ environment, site, signal }: Strike): Promise<Struck> {
  await using stores = new Stores(environment);
  const view = outboxView(stores, site.service);
  const primary = await aimAtPrimary({ environment, site, signal });
  for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt += 1) {
    for (const link of site.storeLinks) await environment.disturb(link, delayed, signal);
    const commits = await nextCommits(view, site.service, signal);
    for (const link of site.storeLinks) await environment.disturb(link, { kind: 'cut' }, signal);
    const openMs = performance.now() - commits.notBeforeMs;
    if (openMs < ANSWER_DELAY_MS) {
      const dead = await primary.kill(signal);
      await restore(environment, site.storeLinks, signal);
      return {
        evidence: {
          kind: 'killed-before-acknowledgement',
          detail: `${primary.component} died after ${commits.ids.length} outbox rows of ${site.service} were committed; its connections were closed at most ${Math.round(openMs)} ms after that, and no answer took less than ${ANSWER_DELAY_MS} ms; ${dead.detail}`,
          values: {
            ...dead.values,
            ...{ primary: primary.component, rows: commits.ids.length, ids: commits.ids.join(' ') },
            ...{ openMs: Math.round(openMs), attempt },
          },
        },
        replaced: primary.replaced,
        async healed(healedSignal) {
          const whole = await primary.whole(healedSignal);
          await using read = new Stores(environment);
          const survived = await survivors(outboxView(read, site.service), commits.ids, healedSignal);
          return { ...whole, values: { ...whole.values, survived } };
        },
      };
    }
    await restore(environment, site.storeLinks, signal);
  }
  throw new Error(
    `${ATTEMPTS_MAX} commits of ${site.service} were seen, each later than ${ANSWER_DELAY_MS} ms after it`,
  );
}

const delayed = { kind: 'latency', latencyMs: ANSWER_DELAY_MS, jitterMs: 0 } as const;

interface Commits {
  readonly ids: readonly string[];
  /** Time of `performance.now()` before which none of them was committed. */
  readonly notBeforeMs: number;
}

/** Waits for rows that are committed from now on. */
async function nextCommits(view: OutboxView, service: string, signal: AbortSignal): Promise<Commits> {
  let notBeforeMs = performance.now();
  const earlier = new Set(await view.latest());
  return eventually(
    `a transaction of ${service} commits`,
    async () => {
      const askedMs = performance.now();
      const ids = (await view.latest()).filter((id) => !earlier.has(id));
      if (ids.length > 0) return { seen: { ids, notBeforeMs } };
      notBeforeMs = askedMs;
      return { missing: 'no new row in its outbox' };
    },
    { timeoutMs: FAULT_BOUNDS.windowMs, intervalMs: POLL_MS, signal },
  );
}

/** Rows that outlived the primary. One that was not acknowledged may be lost; who decides that it was must be right. */
function survivors(view: OutboxView, ids: readonly string[], signal: AbortSignal): Promise<number> {
  return eventually('the outbox can be read again', async () => ({ seen: await view.present(ids) }), {
    timeoutMs: FAULT_BOUNDS.healMs,
    intervalMs: 100,
    signal,
  });
}

async function restore(environment: Environment, links: readonly Link['name'][], signal: AbortSignal): Promise<void> {
  for (const link of links) await environment.restore(link, signal);
}
