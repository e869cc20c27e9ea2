import type { LeaseTerm } from '../lease/lease-term.ts';
import type { Outbox } from '../store.ts';
import { type BackoffRange, backoffMs } from '../time/backoff.ts';
import { sleep } from '../time/sleep.ts';
import type { WakeSignal } from '../time/wake-signal.ts';
import { BATCH_SIZE_MAX, type Publisher } from './publisher.ts';
import type { RelayLeadership } from './relay-leadership.ts';

/** `standby`: another process of the service runs the relay. */
export type RelayStatus = 'leading' | 'standby' | 'down';

export interface RelayOptions {
  readonly outbox: Outbox;
  readonly leadership: Pick<RelayLeadership, 'begin'>;
  /** Opens a publisher, which fences every predecessor. */
  readonly openPublisher: () => Promise<Publisher>;
  /** Set after each commit that published something. */
  readonly wakeUp: WakeSignal;
  readonly signal: AbortSignal;
  readonly random: () => number;
  readonly onError: (error: unknown) => void;
  /** `leading` once a publisher is open; told again while it waits for its turn. */
  readonly onStatus?: (status: RelayStatus) => void;
}

/**
 * Among how many of the first pending events the last batch is looked for. It was taken from the first `BATCH_SIZE_MAX`; what
 * has come in front of it since are events of transactions that were under way then, as many as the pools let run.
 */
const IN_DOUBT_MAX = 1_000;
const POLL_MS = 200;
/** Commits of another process wake nobody here. */
const CONTENDED_POLL_MS = 20;
/** After a failure the other one shall have its turn: perhaps only this one is cut off from Kafka. */
const YIELD_MS = 600;
const BACKOFF: BackoffRange = { minMs: 50, maxMs: 500 };

/**
 * Brings committed outbox events to their topics, each exactly once for a read_committed reader.
 *
 * A batch is one Kafka transaction (KIP-98), and the next begins only after it is marked in the database; whatever dies in
 * between, at most the last batch is published and not marked. An error or an unanswered commit is never interpreted: the
 * publisher is thrown away and a new one, which fences the old one first, finds out in the topics what readers see. Each
 * partition is asked: Kafka may commit one transaction in some partitions and abort it in others (docs/adr/0015).
 *
 * Only the process that leads opens publishers, and gives the lead back when one fails. A former leader that was
 * suspended and goes on finds its publisher fenced.
 *
 * Resolves when `signal` aborts and one last round has left nothing pending, or that round failed.
 */
export async function runRelay(options: RelayOptions): Promise<void> {
  const { signal } = options;
  let failures = 0;
  let isContended = false;
  while (!signal.aborted) {
    try {
      await using term = await options.leadership.begin(signal, () => options.onStatus?.('standby'));
      if (term === undefined) return;
      await using publisher = await options.openPublisher();
      await settle(options.outbox, publisher);
      options.onStatus?.('leading');
      while (!signal.aborted && term.isHeld) {
        isContended = term.isContended;
        await drain(options.outbox, publisher, term);
        failures = 0;
        await options.wakeUp.wait(isContended ? CONTENDED_POLL_MS : POLL_MS, signal);
      }
      await drain(options.outbox, publisher, term);
    } catch (error) {
      failures += 1;
      options.onStatus?.('down');
      options.onError(error);
      const waitMs = backoffMs(failures, BACKOFF, options.random);
      await sleep(isContended ? Math.max(waitMs, YIELD_MS) : waitMs, signal);
    }
  }
}

/** Marks what an earlier publisher has published and nobody marked. */
async function settle(outbox: Outbox, publisher: Publisher): Promise<void> {
  const inDoubt = await outbox.fetchPending(IN_DOUBT_MAX);
  if (inDoubt.length > 0) await outbox.markProcessed(await publisher.publishedAmong(inDoubt));
}

async function drain(outbox: Outbox, publisher: Publisher, term: Pick<LeaseTerm, 'isHeld'>): Promise<void> {
  let batch = await outbox.fetchPending(BATCH_SIZE_MAX);
  while (batch.length > 0 && term.isHeld) {
    await publisher.publish(batch);
    const published = batch.map((event) => event.id);
    batch = await outbox.markAndFetch(published, BATCH_SIZE_MAX);
  }
}
