import type { Evidence } from '#invariants/history/event.ts';
import type { ComponentName } from '#sut/contract/components.ts';
import type { ComponentStatus } from '#sut/contract/environment.ts';
import { HEADERS } from '#sut/contract/messages.ts';
import { followTopics } from '../../engine/kafka-log/follow-topics.ts';
import { Stores } from '../../engine/stores/stores.ts';
import { eventually } from '../../timing/eventually.ts';
import { statusOf } from '../component-params.ts';
import { provenDead, provenRestarted } from '../evidence/process-life.ts';
import { ATTEMPT_MS, type Attempt, orNothing, whileAnswersAreLate } from './late-answers.ts';
import { type OutboxView, outboxView } from './outbox-view.ts';
import type { Strike, Struck } from './struck.ts';

/**
 * What passes between a commit in Kafka and the relay's being stopped, on a busy machine. Not much more: a batch takes two
 * answers for each of its partitions.
 */
const ANSWER_DELAY_MS = 100;
const POLL_MS = 5;

/**
 * Kills the process whose relay has published rows that it has not marked in its database: Kafka's answers are delayed, so that
 * the relay hears of its own commit later than every reader; it is stopped when a reader sees the records, the rows are
 * found unmarked, and it is killed. Rejects with `NotInTime`.
 */
export async function strikeBeforeMark({ environment, site, signal }: Strike): Promise<Struck> {
  const { service, instances, kafkaLinks } = site;
  await using stores = new Stores(environment);
  const view = outboxView(stores, service);
  const what = `the relay of ${service} has published and not marked`;
  const late = { links: kafkaLinks, delayMs: ANSWER_DELAY_MS, what };
  const { victim, ids, delayMs, dead } = await whileAnswersAreLate(
    { environment, signal },
    { ...late, attempt: strike },
  );
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
    const component = await relayOf(instances, view);
    const victim = await statusOf(environment, { component });
    const readable = await orNothing(stopAfterNextRecord(component, { environment, site, signal }));
    if (readable === undefined) return { missed: 'nothing-came' };
    const isStillRelay = (await relayOf(instances, view)) === component;
    const unmarked = await view.unmarked(readable);
    if (!isStillRelay || unmarked.length === 0) {
      await environment.perform(component, 'resume', signal);
      return { missed: 'too-late' };
    }
    await environment.perform(component, 'kill', signal);
    const dead = await provenDead(environment, victim, signal);
    // Whatever was on its way to the database when it was stopped has arrived by now.
    const ids = await view.unmarked(unmarked);
    if (ids.length === 0) throw new Error(`${component} had marked ${unmarked.join(', ')} after all`);
    return { hit: { victim, ids, delayMs, dead } };
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
      { timeoutMs: ATTEMPT_MS, intervalMs: POLL_MS, signal },
    );
    await Promise.race([isSeen, done]);
    await environment.perform(component, 'pause', signal);
    return [...ids];
  } finally {
    following.abort();
  }
}
