import type { OutboxEvent } from '../store.ts';

/**
 * One life of a transactional producer. Any rejection leaves the outcome of the batch open: dispose it and open the
 * next, whose `lastPublishedIds` decide.
 */
export interface Publisher extends AsyncDisposable {
  /** Ids of the last batch that Kafka committed, found after every earlier producer of this relay was fenced off. */
  readonly lastPublishedIds: readonly string[];
  /** Publishes the events and records their ids as the last batch, all in one Kafka transaction. */
  publish(batch: readonly OutboxEvent[]): Promise<void>;
}
