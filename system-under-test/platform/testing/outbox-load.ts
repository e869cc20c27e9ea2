import { expect } from 'vitest';
import type { Store } from '../store.ts';
import { sleep } from '../time/sleep.ts';
import { readTopics } from './read-topics.ts';

const AGGREGATES = 12;
const PATIENCE = new AbortController().signal;
/** No more waits than a relay on a slow machine carries within a test's patience. */
const BACKLOG_MAX_EVENTS = 500;
const ROUNDS_PER_LOOK = 20;

class Rollback extends Error {}

/**
 * Publishes to the outbox until told to stop: several messages per transaction, shared aggregates, rollbacks, slow commits.
 * With `waitsForRelay` only while few rows are unmarked; Debezium marks none.
 */
export async function writeUntil(
  stop: AbortSignal,
  store: Store<unknown>,
  topic: string,
  writer: number,
  { waitsForRelay = false } = {},
): Promise<void> {
  for (let round = 0; !stop.aborted; round += 1) {
    const work = store.transaction(async (unit) => {
      for (let index = 0; index <= round % 3; index += 1) {
        const aggregateId = `aggregate-${Math.floor(Math.random() * AGGREGATES)}`;
        await unit.publish({ topic, aggregateId, type: 'written', payload: { writer, round, index } });
      }
      if (Math.random() < 0.05) await sleep(Math.random() * 150, PATIENCE);
      if (Math.random() < 0.15) throw new Rollback();
    });
    await work.catch((error: unknown) => {
      if (!(error instanceof Rollback)) throw error;
    });
    await sleep(5, PATIENCE);
    if (waitsForRelay && round % ROUNDS_PER_LOOK === 0) await whenBacklogIsSmall(stop, store);
  }
}

async function whenBacklogIsSmall(stop: AbortSignal, store: Store<unknown>): Promise<void> {
  while (!stop.aborted && (await store.outbox.pendingCount()) > BACKLOG_MAX_EVENTS) await sleep(50, PATIENCE);
}

/** Every row of the outbox is in the topic once and in order, and nothing else is; resolves to how many there are. */
export async function expectExactlyOnce(broker: string, store: Store<unknown>, topic: string): Promise<number> {
  const rows = await store.outbox.latest(1_000_000);
  // A transaction shows a moment after its commit was answered, when its markers are written.
  let messages = await readTopics(broker, [topic]);
  for (let tries = 0; messages.length < rows.length && tries < 20; tries += 1) {
    await sleep(100, PATIENCE);
    messages = await readTopics(broker, [topic]);
  }
  expect(messages.map(({ id }) => id).toSorted()).toEqual(rows.map(({ id }) => id).toSorted());
  const versions = Map.groupBy(messages, ({ aggregateId }) => aggregateId);
  expect(versions.size).toBe(AGGREGATES);
  for (const [, group] of versions) {
    expect(new Set(group.map(({ partition }) => partition)).size).toBe(1);
    expect(group.map(({ version }) => version)).toEqual(group.map((_, index) => index + 1));
  }
  return rows.length;
}
