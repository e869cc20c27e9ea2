import type { Collection, Db, MongoClient } from 'mongodb';
import { HEADERS } from '#sut/contract/messages.ts';
import { headerColumn, OPTIONAL_HEADERS, RECORD_COLUMNS } from '#sut/contract/outbox-record.ts';
import { TOPIC_SETTINGS } from '#sut/contract/topics.ts';
import { partitionOf } from '../kafka/aggregate-partitioner.ts';
import { type EventOrigin, headersOf } from '../outbox/draft-event.ts';
import type { Outbox, OutboxEvent, OutgoingMessage } from '../store.ts';
import { isDuplicateKey, TransactionConflict } from './classify-error.ts';
import type { MongoTx } from './mongo-tx.ts';

interface EventDocument {
  readonly _id: string;
  readonly topic: string;
  readonly aggregate_id: string;
  readonly event_type: string;
  readonly event_data: unknown;
  readonly headers: Record<string, string>;
  readonly version: number;
  readonly created_at: Date;
  readonly processed_at: Date | null;
  readonly [RECORD_COLUMNS.key]?: string;
  readonly [RECORD_COLUMNS.partition]?: number;
  readonly [RECORD_COLUMNS.value]?: string;
}

/** Counter of one (topic, aggregate); `last_at` is the `created_at` of its newest event. */
interface VersionDocument {
  readonly _id: string;
  readonly version: number;
  readonly last_at: Date;
}

const eventsOf = (db: Db): Collection<EventDocument> => db.collection<EventDocument>('outbox_events');
const versionsOf = (db: Db): Collection<VersionDocument> => db.collection<VersionDocument>('aggregate_versions');

export async function createOutboxIndexes(db: Db): Promise<void> {
  await eventsOf(db).createIndex({ processed_at: 1, created_at: 1, _id: 1 });
  await eventsOf(db).createIndex({ topic: 1, aggregate_id: 1, version: 1 }, { unique: true });
  await eventsOf(db).createIndex({ created_at: -1 });
}

export async function insertEvent(tx: MongoTx, message: OutgoingMessage, origin: EventOrigin): Promise<void> {
  const { version, last_at } = await nextVersion(tx, message);
  const headers = headersOf(message, origin);
  await eventsOf(tx.db).insertOne(
    {
      _id: origin.id,
      topic: message.topic,
      aggregate_id: message.aggregateId,
      event_type: message.type,
      event_data: message.payload,
      headers: { ...headers, [HEADERS.version]: String(version) },
      version,
      created_at: last_at,
      processed_at: null,
      [RECORD_COLUMNS.key]: `${message.aggregateId}:${version}`,
      [RECORD_COLUMNS.value]: JSON.stringify(message.payload),
      [RECORD_COLUMNS.partition]: partitionOf(message.aggregateId, TOPIC_SETTINGS.partitions),
      ...headerFields(headers),
    },
    { session: tx.session },
  );
}

/** A field for each optional header that is there. */
const headerFields = (headers: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(
    OPTIONAL_HEADERS.flatMap((header) => {
      const value = headers[header];
      return value === undefined ? [] : [[headerColumn(header), value]];
    }),
  );

/**
 * 1, 2, 3 … per (topic, aggregate), and a time that always grows with it: the server's clock, or one millisecond
 * after the aggregate's previous event when the clock has not moved on. Sorting by time thus never puts an event
 * before its predecessor. A concurrent transaction on the same aggregate conflicts here and is run again.
 */
async function nextVersion(tx: MongoTx, message: OutgoingMessage): Promise<VersionDocument> {
  try {
    const next = await versionsOf(tx.db).findOneAndUpdate(
      { _id: `${message.topic}/${message.aggregateId}` },
      [
        {
          $set: {
            version: { $add: [{ $ifNull: ['$version', 0] }, 1] },
            last_at: { $max: ['$$NOW', { $add: [{ $ifNull: ['$last_at', new Date(0)] }, 1] }] },
          },
        },
      ],
      { session: tx.session, upsert: true, returnDocument: 'after' },
    );
    if (next === null) throw new Error(`no version for ${message.topic}/${message.aggregateId}`);
    return next;
  } catch (error) {
    throw isDuplicateKey(error) ? new TransactionConflict(error) : error;
  }
}

export class MongoOutbox implements Outbox {
  readonly #client: MongoClient;
  readonly #db: Db;
  constructor(client: MongoClient, db: Db) {
    this.#client = client;
    this.#db = db;
  }

  /** A snapshot read: an ordinary scan may see version n and miss n - 1, which was committed behind its back. */
  async fetchPending(limit: number): Promise<readonly OutboxEvent[]> {
    return this.#client.withSession({ snapshot: true }, async (session) => {
      const pending = eventsOf(this.#db).find({ processed_at: null }, { session });
      return (await pending.sort({ created_at: 1, _id: 1 }).limit(limit).toArray()).map(toEvent);
    });
  }

  async markProcessed(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    await eventsOf(this.#db).updateMany({ _id: { $in: [...ids] }, processed_at: null }, [
      { $set: { processed_at: '$$NOW' } },
    ]);
  }

  async markAndFetch(ids: readonly string[], limit: number): Promise<readonly OutboxEvent[]> {
    await this.markProcessed(ids);
    return ids.length < limit ? [] : this.fetchPending(limit);
  }

  async latest(limit: number): Promise<readonly OutboxEvent[]> {
    return (await eventsOf(this.#db).find().sort({ created_at: -1 }).limit(limit).toArray()).map(toEvent);
  }

  async pendingCount(): Promise<number> {
    return eventsOf(this.#db).countDocuments({ processed_at: null });
  }
}

function toEvent(document: EventDocument): OutboxEvent {
  return {
    id: document._id,
    topic: document.topic,
    aggregateId: document.aggregate_id,
    type: document.event_type,
    version: document.version,
    payload: document.event_data,
    headers: document.headers,
    createdAt: document.created_at,
    processedAt: document.processed_at ?? undefined,
  };
}
