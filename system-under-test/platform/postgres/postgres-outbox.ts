import type pg from 'pg';
import { HEADERS } from '#sut/contract/messages.ts';
import { headerColumn, OPTIONAL_HEADERS, RECORD_COLUMNS } from '#sut/contract/outbox-record.ts';
import { TOPIC_SETTINGS } from '#sut/contract/topics.ts';
import { partitionOf } from '../kafka/aggregate-partitioner.ts';
import type { EventOrigin } from '../outbox/draft-event.ts';
import { headersOf } from '../outbox/draft-event.ts';
import type { Outbox, OutboxEvent, OutgoingMessage } from '../store.ts';
import type { Statement } from './connection.ts';

interface EventRow extends pg.QueryResultRow {
  readonly id: string;
  readonly topic: string;
  readonly aggregate_id: string;
  readonly event_type: string;
  readonly event_data: unknown;
  readonly headers: Record<string, string>;
  readonly version: number;
  readonly created_at: Date;
  readonly processed_at: Date | null;
}
const MARK = 'update outbox_events set processed_at = now() where id = any($1::text[]) and processed_at is null';
const COLUMNS = 'id, topic, aggregate_id, event_type, event_data, headers, version, created_at, processed_at';

const HEADER_COLUMNS = OPTIONAL_HEADERS.map(headerColumn).join(', ');
const HEADER_VALUES = OPTIONAL_HEADERS.map((header) => `$6::jsonb ->> '${header}'`).join(', ');

export type Query = <Row extends pg.QueryResultRow>(
  text: string,
  values?: readonly unknown[],
) => Promise<readonly Row[]>;

/** Version and row in one statement: the counter's row lock is taken first, so `seq` grows with the version. */
export function eventInsertion(message: OutgoingMessage, origin: EventOrigin): Statement {
  return {
    text: `with next as (
       insert into aggregate_versions as counter (topic, aggregate_id, version) values ($2, $3, 1)
       on conflict (topic, aggregate_id) do update set version = counter.version + 1
       returning version)
     insert into outbox_events (id, topic, aggregate_id, event_type, event_data, headers, version,
       ${RECORD_COLUMNS.key}, ${RECORD_COLUMNS.partition}, ${HEADER_COLUMNS})
     select $1, $2, $3, $4, $5::jsonb, $6::jsonb || jsonb_build_object('${HEADERS.version}', next.version::text), next.version,
       $3 || ':' || next.version, $7, ${HEADER_VALUES}
     from next`,
    values: [
      origin.id,
      message.topic,
      message.aggregateId,
      message.type,
      JSON.stringify(message.payload),
      JSON.stringify(headersOf(message, origin)),
      partitionOf(message.aggregateId, TOPIC_SETTINGS.partitions),
    ],
  };
}

export class PostgresOutbox implements Outbox {
  readonly #query: Query;
  constructor(query: Query) {
    this.#query = query;
  }

  async fetchPending(limit: number): Promise<readonly OutboxEvent[]> {
    const text = `select ${COLUMNS} from outbox_events where processed_at is null order by seq limit $1`;
    return (await this.#query<EventRow>(text, [limit])).map(toEvent);
  }

  async markProcessed(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    await this.#query(MARK, [ids]);
  }

  /** One statement: its `select` does not see what it marks, and leaves it out by name. */
  async markAndFetch(ids: readonly string[], limit: number): Promise<readonly OutboxEvent[]> {
    const text = `with marked as (${MARK})
      select ${COLUMNS} from outbox_events where processed_at is null and id <> all($1::text[]) order by seq limit $2`;
    return (await this.#query<EventRow>(text, [ids, limit])).map(toEvent);
  }

  async latest(limit: number): Promise<readonly OutboxEvent[]> {
    return (
      await this.#query<EventRow>(`select ${COLUMNS} from outbox_events order by seq desc limit $1`, [limit])
    ).map(toEvent);
  }

  async pendingCount(): Promise<number> {
    const rows = await this.#query<{ pending: number }>(
      'select count(*)::int as pending from outbox_events where processed_at is null',
    );
    return rows[0]?.pending ?? 0;
  }
}

function toEvent(row: EventRow): OutboxEvent {
  return {
    id: row.id,
    topic: row.topic,
    aggregateId: row.aggregate_id,
    type: row.event_type,
    version: row.version,
    payload: row.event_data,
    headers: row.headers,
    createdAt: row.created_at,
    processedAt: row.processed_at ?? undefined,
  };
}
