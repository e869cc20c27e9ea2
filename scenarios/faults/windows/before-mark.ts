import type { Evidence } from '#invariants/history/event.ts';
import type { ComponentName } from '#sut/contract/components.ts';
import type { ComponentStatus } from '#sut/contract/environment.ts';
import { HEADERS } from '#sut/contract/messages.ts';
import { followTopics } from '../../engine/kafka-log/follow-topics.ts';
import { Stores } from '../../engine/stores/stores.ts';
import { eventually } from '../../timing/eventually.ts';
import { statusOf } from '../component-params.ts';
import { provenDead, provenRestarted } from '../evidence/process-life.ts';
import { FAULT_BOUNDS } from '../fault-bounds.ts';
import { type OutboxView, outboxView } from './outbox-view.ts';
import { ATTEMPT_MS, type Attempt, orNothing, whileLinksAreSlow } from './slow-links.ts';
import type { Strike, Struck } from './struck.ts';

/** What passes on a busy machine between the relay's commit in Kafka and the closing of its connections to the database. */
const REQUEST_DELAY_MS = 400;
const POLL_MS = 5;

/**
 * Kills the process whose relay has published rows that it has not marked in its database: its requests to the database are
 * delayed, so that the mark is still on its way when a reader sees the records; the connections are closed, which loses it,
 * the rows are found unmarked, and the process is killed. Rejects with `NotInTime`.
 */
export async function strikeBeforeMark({ environment, site, signal }: Strike): Promise<Struck> {
  const { service, instances, storeLinks } = site;
  await using stores = new Stores(environment);
  const view = outboxView(stores, service);
  const what = `the relay of ${service} has published and not marked`;
  const slow = { links: storeLinks, direction: 'up' as const, delayMs: REQUEST_DELAY_MS, what };
  const { victim, ids, delayMs, dead } = await whileLinksAreSlow({ environment, signal }, { ...slow, attempt: strike });
  return {
    evidence: {
      kind: 'killed-before-mark',
      detail: `${victim.name} died after ${ids.length} of its outbox rows were readable in their topics (read_committed) and before it had marked them as processed; ${dead.detail}`,
      values: { ...dead.values, rows: ids.length, ids: ids.join(' '), delayMs },
    },
    replaced: async () => (instances.length > 1 ? 'another instance has the relay next' : 'nobody can take over'),
    healed: (healedSignal) => provenRestarted(environment, victim, healedSignal),
  };

  async function strike(delayMs: number): Promise<Attempt<Hit>> {
    const component = await nextRelay(instances, view, signal);
    const victim = await statusOf(environment, { component });
    const readable = await orNothing(nextRecords({ environment, site, signal }));
    if (readable === undefined) return { missed: 'nothing-came' };
    for (const link of storeLinks) await environment.disturb(link, { kind: 'cut' }, signal);
    const isStillRelay = (await relayAmong(instances, view)) === component;
    const unmarked = await view.unmarked(readable);
    if (!isStillRelay || unmarked.length === 0) return { missed: 'too-late' };
    await environment.perform(component, 'kill', signal);
    const dead = await provenDead(environment, victim, signal);
    const ids = await view.unmarked(unmarked);
    if (ids.length > 0) return { hit: { victim, ids, delayMs, dead } };
    // The mark had just arrived at the database: the process is whole again before the next attempt.
    for (const link of storeLinks) await environment.restore(link, signal);
    await environment.perform(component, 'start', signal);
    await provenRestarted(environment, victim, signal);
    return { missed: 'too-late' };
  }
}

interface Hit {
  readonly victim: ComponentStatus;
  /** Rows that are published and not marked. */
  readonly ids: readonly string[];
  readonly delayMs: number;
  readonly dead: Evidence;
}

/** The process whose relay has the lease; instances are named as components, the first of a service with `-1`. */
async function relayAmong(instances: readonly ComponentName[], view: OutboxView): Promise<ComponentName | undefined> {
  const holder = await view.relayInstance();
  return instances.find((instance) => instance === holder || `${instance}-1` === holder);
}

/** Between two holders of the lease there is a moment without one. */
function nextRelay(instances: readonly ComponentName[], view: OutboxView, signal: AbortSignal): Promise<ComponentName> {
  return eventually(
    `one of ${instances.join(', ')} runs the relay`,
    async () => {
      const component = await relayAmong(instances, view);
      return component === undefined ? { missing: 'none of them has the lease' } : { seen: component };
    },
    { timeoutMs: FAULT_BOUNDS.effectMs, intervalMs: 100, signal },
  );
}

/** Resolves to the message ids of the next records of the service, as soon as a read_committed reader sees one. */
async function nextRecords({ environment, site, signal }: Strike): Promise<readonly string[]> {
  const ids = new Set<string>();
  const following = new AbortController();
  try {
    const { done } = await followTopics({
      brokerPorts: environment.entryPorts('kafka'),
      topics: site.topics,
      isolation: 'read_committed',
      onRecord: ({ headers }) => ids.add(headers[HEADERS.messageId] ?? ''),
      signal: AbortSignal.any([signal, following.signal]),
    });
    const isSeen = eventually(
      `a record of ${site.service} is published`,
      async () => (ids.size > 0 ? { seen: true } : { missing: 'no new record in its topics' }),
      { timeoutMs: ATTEMPT_MS, intervalMs: POLL_MS, signal },
    );
    await Promise.race([isSeen, done]);
    return [...ids];
  } finally {
    following.abort();
  }
}
