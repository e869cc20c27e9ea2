import { z } from 'zod';
import type { PostgresStore } from '#sut/platform/postgres/postgres-store.ts';
import type { Gap, StoredEvent } from '../stored-event.ts';

const rowSchema = z
  .object({
    // pg hands bigint over as text, because a double could not hold all of it.
    position: z.coerce.number().pipe(z.int()),
    message_id: z.string(),
    topic: z.string(),
    partition: z.int(),
    offset: z.string(),
    aggregate_id: z.string(),
    version: z.int(),
    type: z.string(),
    data: z.unknown(),
    headers: z.record(z.string(), z.string()),
    stored_at: z.date(),
  })
  .transform(
    (row): StoredEvent => ({
      position: row.position,
      messageId: row.message_id,
      topic: row.topic,
      partition: row.partition,
      offset: row.offset,
      aggregateId: row.aggregate_id,
      version: row.version,
      type: row.type,
      data: row.data,
      headers: row.headers,
      storedAt: row.stored_at,
    }),
  );
const rowsSchema = z.array(rowSchema);

export interface EventFilter {
  readonly aggregateId?: string | undefined;
  readonly topic?: string | undefined;
  /** Position of the last event of the page before. */
  readonly after: number;
  readonly limit: number;
}

/**
 * A page of events. Of one aggregate in the order of its versions, topic by topic; of several in the order of their
 * positions, and then a reader who goes on from the last position misses nothing.
 */
export async function readEvents(store: PostgresStore, filter: EventFilter): Promise<readonly StoredEvent[]> {
  return filter.aggregateId === undefined ? readTrail(store, filter) : readAggregate(store, filter);
}

async function readTrail(store: PostgresStore, { topic, after, limit }: EventFilter): Promise<readonly StoredEvent[]> {
  const rows = await store.query(
    `select * from stored_events where position > $1 and position <= $2 and ($3::text is null or topic = $3)
     order by position limit $4`,
    [after, await settledPosition(store), topic ?? null, limit],
  );
  return rowsSchema.parse(rows);
}

async function readAggregate(
  store: PostgresStore,
  { aggregateId, topic, after, limit }: EventFilter,
): Promise<readonly StoredEvent[]> {
  const rows = await store.query(
    `select * from stored_events
     where aggregate_id = $1 and ($2::text is null or topic = $2)
       and ($3::bigint = 0 or (topic, version) > (select topic, version from stored_events where position = $3))
     order by topic, version limit $4`,
    [aggregateId, topic ?? null, after, limit],
  );
  return rowsSchema.parse(rows);
}

/**
 * The last position before which nothing can appear any more. Positions are handed out in another order than
 * transactions commit; the lock waits for every writer that has one (an insert locks the table against it before it
 * takes its position), so whatever is not visible then was rolled back.
 */
function settledPosition(store: PostgresStore): Promise<string> {
  return store.transaction(async ({ tx }) => {
    await tx.query('lock table stored_events in share mode');
    const { rows } = await tx.query<{ last: string }>('select coalesce(max(position), 0) as last from stored_events');
    return rows[0]?.last ?? '0';
  });
}

export async function readEvent(store: PostgresStore, messageId: string): Promise<StoredEvent | undefined> {
  const rows = await store.query('select * from stored_events where message_id = $1', [messageId]);
  return rowsSchema.parse(rows)[0];
}

/** Every event of an aggregate in a topic, by version. */
export async function readHistory(
  store: PostgresStore,
  topic: string,
  aggregateId: string,
): Promise<readonly StoredEvent[]> {
  const rows = await store.query(
    'select * from stored_events where topic = $1 and aggregate_id = $2 order by version',
    [topic, aggregateId],
  );
  return rowsSchema.parse(rows);
}

const gapsSchema = z.array(
  z
    .object({ topic: z.string(), aggregate_id: z.string(), first: z.int(), last: z.int() })
    .transform((row): Gap => ({ topic: row.topic, aggregateId: row.aggregate_id, missing: [row.first, row.last] })),
);

/** Gaps in the versions of any aggregate, at most `limit`. Events that are missing at an end leave none. */
export async function readGaps(store: PostgresStore, limit: number): Promise<readonly Gap[]> {
  const rows = await store.query(
    `select topic, aggregate_id, previous + 1 as first, version - 1 as last
     from (select topic, aggregate_id, version,
                  coalesce(lag(version) over (partition by topic, aggregate_id order by version), 0) as previous
           from stored_events) as followed
     where version > previous + 1
     order by topic, aggregate_id, first limit $1`,
    [limit],
  );
  return gapsSchema.parse(rows);
}
