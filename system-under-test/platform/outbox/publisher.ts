import type { OutboxEvent } from '../store.ts';

/**
 * One life of a transactional producer, which begins by fencing off every earlier one of this relay. Any rejection leaves the
 * outcome of the batch open: dispose it and open the next, which tells what became of it.
 */
export interface Publisher extends AsyncDisposable {
  /**
   * Ids of those of the events that a read_committed reader finds in their topics; to be asked before the first batch. Finds
   * those of the last batch of an earlier publisher, and of no batch before that.
   */
  publishedAmong(events: readonly OutboxEvent[]): Promise<readonly string[]>;
  /** Publishes the events, at most `BATCH_SIZE_MAX`, all in one Kafka transaction. */
  publish(batch: readonly OutboxEvent[]): Promise<void>;
}

/** Bounds what may be in doubt after a crash, and so how much of the topics the next publisher reads. */
export const BATCH_SIZE_MAX = 100;
