import type { ComponentName } from '#sut/contract/components.ts';
import { HEADERS } from '#sut/contract/messages.ts';
import { followTopics } from '../../engine/kafka-log/follow-topics.ts';
import { Stores } from '../../engine/stores/stores.ts';
import { eventually } from '../../timing/eventually.ts';
import { statusOf } from '../component-params.ts';
import { provenDead, provenRestarted } from '../evidence/process-life.ts';
import { FAULT_BOUNDS } from '../fault-bounds.ts';
import { type OutboxView, outboxView } from './outbox-view.ts';
import type { Strike, Struck } from './struck.ts';

/**
 * How late every answer of Kafka comes: what may pass between a commit there and the relay's being stopped. Not more than
 * needed, since a batch takes two answers for each partition; with each attempt as much more.
 */
const ANSWER_DELAY_MS = 150;
const POLL_MS = 5;
const ATTEMPTS_MAX = 5;

/**
 * Kills the process whose relay has published rows that it has not marked in its database: Kafka's answers are delayed, so that
 * the relay hears of its own commit later than every reader; it is stopped when a reader sees the records, the rows are
 * found unmarked, and it is killed. Rejects with `NotInTime` when nothing is published, and when this was too slow every time.
 */
export async function strikeBeforeMark({ environment, site, signal }: Strike): Promise<Struck> {
  await using stores = new Stores(environment);
  const view = outboxView(stores, site.service);
  for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt += 1) {
    const component = await relayOf(site.instances, view);
    const victim = await statusOf(environment, { component });
    for (const link of site.kafkaLinks) await environment.disturb(link, delayed(attempt), signal);
    const ids = await stopAfterNextRecord(component, { environment, site, signal });
    const isStillRelay = (await relayOf(site.instances, view)) === component;
    const unmarked = await view.unmarked(ids);
    if (isStillRelay && unmarked.length > 0) {
      await environment.perform(component, 'kill', signal);
      const dead = await provenDead(environment, victim, signal);
      // Whatever was on its way to the database when it was stopped has arrived by now.
      const left = await view.unmarked(unmarked);
      if (left.length === 0) throw new Error(`${component} had marked ${unmarked.join(', ')} after all`);
      for (const link of site.kafkaLinks) await environment.restore(link, signal);
      return {
        evidence: {
          kind: 'killed-before-mark',
          detail: `${component} died after ${left.length} of its outbox rows were readable in their topics (read_committed) and before it had marked them as processed; ${dead.detail}`,
          values: { ...dead.values, rows: left.length, ids: left.join(' '), attempt },
        },
        replaced: async () =>
          site.instances.length > 1 ? 'another instance has the relay next' : 'nobody can take over',
        healed: (healedSignal) => provenRestarted(environment, victim, healedSignal),
      };
    }
    for (const link of site.kafkaLinks) await environment.restore(link, signal);
    await environment.perform(component, 'resume', signal);
  }
  throw new Error(
    `the relay of ${site.service} was stopped ${ATTEMPTS_MAX} times, each time after it had marked its rows`,
  );
}

const delayed = (attempt: number) => ({ kind: 'latency', latencyMs: attempt * ANSWER_DELAY_MS, jitterMs: 0 }) as const;

/** The process whose relay has the lease; instances are named as components, the first of a service with `-1`. */
async function relayOf(instances: readonly ComponentName[], view: OutboxView): Promise<ComponentName> {
  const holder = await view.relayInstance();
  const component = instances.find((instance) => instance === holder || `${instance}-1` === holder);
  if (component === undefined) throw new Error(`no relay of ${instances.join(', ')} has the lease, but ${holder}`);
  return component;
}

/** Stops the process when a read_committed reader sees a new record of the service. Resolves to the message ids seen so far. */
async function stopAfterNextRecord(
  component: ComponentName,
  { environment, site, signal }: Strike,
): Promise<readonly string[]> {
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
      { timeoutMs: FAULT_BOUNDS.windowMs, intervalMs: POLL_MS, signal },
    );
    await Promise.race([isSeen, done]);
    await environment.perform(component, 'pause', signal);
    return [...ids];
  } finally {
    following.abort();
  }
}
