import { z } from 'zod';
import { isOnPostgres, type MongodbService, type PostgresService, type Stores } from '../../engine/stores/stores.ts';
import type { PublishingService } from './crash-site.ts';

/** More than a service commits between two looks. */
const LATEST = 100;

/** A service's outbox as it stands in its database, read past every proxy. Each method rejects when the database does not answer. */
export interface OutboxView {
  /** Ids of the newest committed rows: a row that is there in a later look and was not in an earlier one was committed in between. */
  latest(): Promise<readonly string[]>;
  /** Those of the rows that are there and not marked as processed. */
  unmarked(ids: readonly string[]): Promise<readonly string[]>;
  /** How many of the rows are there. */
  present(ids: readonly string[]): Promise<number>;
  /** Instance whose relay has the lease. */
  relayInstance(): Promise<string | undefined>;
}

export function outboxView(stores: Stores, service: PublishingService): OutboxView {
  return isOnPostgres(service) ? postgresView(stores, service) : mongodbView(stores, service);
}

const idRows = z.array(z.object({ id: z.string() }));
const instanceRows = z.array(z.object({ instance: z.string() }));

function postgresView(stores: Stores, service: PostgresService): OutboxView {
  const ids = async (sql: string): Promise<readonly string[]> =>
    idRows.parse(await stores.rows(service, sql)).map(({ id }) => id);
  return {
    latest: () => ids(`select id from outbox_events order by seq desc limit ${LATEST}`),
    unmarked: (of) => ids(`select id from outbox_events where id in (${quoted(of)}) and processed_at is null`),
    present: async (of) => (await ids(`select id from outbox_events where id in (${quoted(of)})`)).length,
    relayInstance: async () => {
      const rows = await stores.rows(
        service,
        "select instance from leases where name = 'relay' and held_until > now()",
      );
      return instanceRows.parse(rows)[0]?.instance;
    },
  };
}

/** Ids as a list for `in`; ids are made by our services and hold no quotes. */
function quoted(ids: readonly string[]): string {
  const odd = ids.find((id) => !/^[\w:.-]+$/.test(id));
  if (odd !== undefined) throw new Error(`not an id of an outbox row: ${odd}`);
  return ids.map((id) => `'${id}'`).join(', ');
}

interface EventDocument {
  readonly _id: string;
  readonly processed_at: Date | null;
}

interface LeaseDocument {
  readonly _id: string;
  readonly instance: string;
}

function mongodbView(stores: Stores, service: MongodbService): OutboxView {
  const events = async () => (await stores.documents(service)).collection<EventDocument>('outbox_events');
  return {
    async latest() {
      const newest = (await events())
        .find({}, { projection: { _id: 1 } })
        .sort({ created_at: -1 })
        .limit(LATEST);
      return (await newest.toArray()).map(({ _id }) => _id);
    },
    async unmarked(ids) {
      const found = (await events()).find({ _id: { $in: [...ids] }, processed_at: null }, { projection: { _id: 1 } });
      return (await found.toArray()).map(({ _id }) => _id);
    },
    present: async (ids) => (await events()).countDocuments({ _id: { $in: [...ids] } }),
    async relayInstance() {
      const leases = (await stores.documents(service)).collection<LeaseDocument>('leases');
      return (await leases.findOne({ _id: 'relay', $expr: { $gt: ['$held_until', '$$NOW'] } }))?.instance;
    },
  };
}
