import type { Evidence } from '#invariants/history/event.ts';
import { Stores } from '../../engine/stores/stores.ts';
import { eventually } from '../../timing/eventually.ts';
import { FAULT_BOUNDS } from '../fault-bounds.ts';
import { aimAtPrimary } from './aim-at-primary.ts';
import { type OutboxView, outboxView } from './outbox-view.ts';
import { ATTEMPT_MS, type Attempt, orNothing, whileLinksAreSlow } from './slow-links.ts';
import type { Strike, Struck } from './struck.ts';

/** What passes between a commit and its being seen and cut off, on a busy machine. */
const ANSWER_DELAY_MS = 400;
const POLL_MS = 10;

/**
 * Kills the primary after a transaction of the service has committed and before the service can have heard of it: answers are
 * delayed, a commit is seen in the database, the connections are closed before the delay is over. Rejects with `NotInTime`.
 */
export async function strikeBeforeAcknowledgement({ environment, site, signal }: Strike): Promise<Struck> {
  const { service, storeLinks } = site;
  await using stores = new Stores(environment);
  const view = outboxView(stores, service);
  const primary = await aimAtPrimary({ environment, site, signal });
  const what = `a commit of ${service} is seen before its answer`;
  const late = { links: storeLinks, direction: 'down' as const, delayMs: ANSWER_DELAY_MS, what };
  const { ids, openMs, delayMs, dead } = await whileLinksAreSlow({ environment, signal }, { ...late, attempt: strike });
  return {
    evidence: {
      kind: 'killed-before-acknowledgement',
      detail: `${primary.component} died after ${ids.length} outbox rows of ${service} were committed; its connections were closed at most ${openMs} ms after that, and no answer took less than ${delayMs} ms; ${dead.detail}`,
      values: {
        ...dead.values,
        ...{ primary: primary.component, rows: ids.length, ids: ids.join(' '), openMs, delayMs },
      },
    },
    replaced: primary.replaced,
    async healed(healedSignal) {
      const whole = await primary.whole(healedSignal);
      await using read = new Stores(environment);
      const survived = await survivors(outboxView(read, service), ids, healedSignal);
      return { ...whole, values: { ...whole.values, survived } };
    },
  };

  async function strike(delayMs: number): Promise<Attempt<Hit>> {
    const commits = await orNothing(nextCommits(view, service, signal));
    if (commits === undefined) return { missed: 'nothing-came' };
    for (const link of storeLinks) await environment.disturb(link, { kind: 'cut' }, signal);
    const openMs = Math.round(performance.now() - commits.notBeforeMs);
    if (openMs >= delayMs) return { missed: 'too-late' };
    return { hit: { ids: commits.ids, openMs, delayMs, dead: await primary.kill(signal) } };
  }
}

interface Hit extends Pick<Commits, 'ids'> {
  /** At most so long after the commit the connections were closed. */
  readonly openMs: number;
  readonly delayMs: number;
  readonly dead: Evidence;
}

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
    { timeoutMs: ATTEMPT_MS, intervalMs: POLL_MS, signal },
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
