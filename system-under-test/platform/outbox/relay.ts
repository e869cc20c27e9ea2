import type { Outbox } from '../store.ts';
import { type BackoffRange, backoffMs } from '../time/backoff.ts';
import { sleep } from '../time/sleep.ts';
import type { WakeSignal } from '../time/wake-signal.ts';
import type { Publisher } from './publisher.ts';

export interface RelayOptions {
  readonly outbox: Outbox;
  /** Opens a publisher: fences every predecessor, then reads what the last one committed. */
  readonly openPublisher: (signal: AbortSignal) => Promise<Publisher>;
  /** Set after each commit that published something. */
  readonly wakeUp: WakeSignal;
  readonly signal: AbortSignal;
  readonly random: () => number;
  readonly onError: (error: unknown) => void;
  /** Told when a publisher is open (true) and when it was lost (false). */
  readonly onAlive?: (isAlive: boolean) => void;
}

/** Events per Kafka transaction; their ids must fit the metadata of one offset commit (4096 bytes on the broker). */
const BATCH_SIZE_MAX = 100;
const POLL_MS = 200;
const BACKOFF: BackoffRange = { minMs: 50, maxMs: 500 };

/**
 * Brings committed outbox events to their topics, each exactly once for a read_committed reader.
 *
 * A batch's records and the list of its ids are one Kafka transaction (KIP-98), so Kafka itself knows which batch was
 * the last. The next batch begins only after this one is marked in the database; whatever dies in between, at most
 * the last committed batch is unmarked, and the next publisher names it. An error or an unanswered commit is never
 * interpreted: the publisher is thrown away and a new one, which fences the old one first, tells what happened.
 *
 * Resolves when `signal` aborts and one last round has left nothing pending, or that round failed.
 */
export async function runRelay(options: RelayOptions): Promise<void> {
  let failures = 0;
  while (!options.signal.aborted) {
    try {
      await using publisher = await options.openPublisher(options.signal);
      await options.outbox.markProcessed(publisher.lastPublishedIds);
      options.onAlive?.(true);
      while (!options.signal.aborted) {
        await drain(options.outbox, publisher);
        failures = 0;
        await options.wakeUp.wait(POLL_MS, options.signal);
      }
      await drain(options.outbox, publisher);
    } catch (error) {
      failures += 1;
      options.onAlive?.(false);
      options.onError(error);
      await sleep(backoffMs(failures, BACKOFF, options.random), options.signal);
    }
  }
}

async function drain(outbox: Outbox, publisher: Publisher): Promise<void> {
  for (;;) {
    const batch = await outbox.fetchPending(BATCH_SIZE_MAX);
    if (batch.length === 0) return;
    await publisher.publish(batch);
    await outbox.markProcessed(batch.map((event) => event.id));
  }
}
