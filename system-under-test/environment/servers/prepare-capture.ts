import { setTimeout as delay } from 'node:timers/promises';
import { MongoClient, type Timestamp } from 'mongodb';
import pg from 'pg';
import { POSTGRES_USER, STORES } from '#sut/contract/stores.ts';
import { OUTBOX_PUBLICATION, OUTBOX_TABLE, SCHEMA_LOCK } from '../../contract/outbox-record.ts';
import { slotOf } from './debezium-connectors.ts';
import { entryAddress } from './entry-address.ts';
import { untilResolved } from './until-resolved.ts';

const POLL_MS = 50;
/** https://www.postgresql.org/docs/current/errcodes-appendix.html */
const DUPLICATE_OBJECT = '42710';
/** The PostgreSQL databases of the contract, each with its slot. */
export const CAPTURED_DATABASES = Object.values(STORES).flatMap(({ engine, database }) =>
  engine === 'postgres' ? [{ database, slot: slotOf(database) }] : [],
);

/**
 * Makes publication and replication slot in every PostgreSQL database of the contract, unless they are there. From then
 * on the log keeps every commit for Debezium, whenever it starts. `isFailover`: PostgreSQL takes the slot along in a failover.
 */
export async function prepareSlots(ports: readonly number[], isFailover: boolean, signal: AbortSignal): Promise<void> {
  await Promise.all(
    CAPTURED_DATABASES.map(({ database, slot }) =>
      withDatabase(ports, database, signal, async (client) => {
        await preparePublication(client);
        const { rows } = await client.query('select from pg_replication_slots where slot_name = $1', [slot]);
        if (rows.length === 0) {
          // Name, plugin, temporary, two-phase, failover.
          const args = isFailover ? '$1, $2, false, false, true' : '$1, $2';
          const create = `select pg_create_logical_replication_slot(${args})`;
          await client.query(create, [slot, 'pgoutput']).catch(ignoreExisting);
        }
      }),
    ),
  );
}

/** The publication, with the outbox if there is one yet: a service that makes it later adds it. Inserts: updates would need an identity. */
async function preparePublication(client: pg.Client): Promise<void> {
  await client.query('begin');
  // The service's check for a publication and ours for a table must not miss each other.
  await client.query('select pg_advisory_xact_lock($1)', [SCHEMA_LOCK]);
  const { rows } = await client.query<{ published: boolean; table: string | null }>(
    'select exists (select from pg_publication where pubname = $1) as published, to_regclass($2) as table',
    [OUTBOX_PUBLICATION, OUTBOX_TABLE],
  );
  if (rows[0]?.published === false) {
    const tables = rows[0].table === null ? '' : `for table ${OUTBOX_TABLE}`;
    await client.query(`create publication ${OUTBOX_PUBLICATION} ${tables} with (publish = 'insert')`);
  }
  await client.query('commit');
}

/**
 * Resolves when every standby among the members has its copy of every slot for good. Until then the copy goes when the standby is
 * promoted, and with it what Debezium has not read: a copy is kept once the slot needs nothing older than the standby
 * has, which the slots are therefore moved up for. They must not be in use, and nothing that they are to show may be written yet.
 * https://www.postgresql.org/docs/17/logicaldecoding-explanation.html (Replication Slot Synchronization)
 */
export async function spreadSlots(
  ports: readonly number[],
  members: readonly number[],
  signal: AbortSignal,
): Promise<void> {
  await untilResolved(
    'the standbys do not keep the replication slots',
    async () => {
      await Promise.all(
        CAPTURED_DATABASES.map(({ database, slot }) =>
          withDatabase(ports, database, signal, async (client) => {
            await client.query('select pg_log_standby_snapshot()');
            const advance = 'select pg_replication_slot_advance(slot_name, pg_current_wal_flush_lsn())';
            await client.query(`${advance} from pg_replication_slots where slot_name = $1 and not active`, [slot]);
          }),
        ),
      );
      await Promise.all(members.map((port) => assertKept(port, signal)));
    },
    signal,
  );
}

async function assertKept(port: number, signal: AbortSignal): Promise<void> {
  await withDatabase([port], 'postgres', signal, async (client) => {
    const { rows } = await client.query<{ is_replica: boolean; kept: number }>(
      `select pg_is_in_recovery() as is_replica,
        (select count(*)::int from pg_replication_slots where slot_name = any($1) and not temporary) as kept`,
      [CAPTURED_DATABASES.map(({ slot }) => slot)],
    );
    const [found] = rows;
    if (found?.is_replica !== true || found.kept === CAPTURED_DATABASES.length) return;
    // Wakes the postmaster, which may else sleep for a minute before it starts a worker that failed again.
    await client.query('select pg_reload_conf()');
    throw new Error(`port ${port} keeps ${found.kept} of ${CAPTURED_DATABASES.length}`);
  });
}

/** Version of the PostgreSQL that takes writes. */
export async function postgresVersion(ports: readonly number[], signal: AbortSignal): Promise<string> {
  return withDatabase(ports, 'postgres', signal, async (client) => {
    const { rows } = await client.query<{ server_version: string }>('show server_version');
    return rows[0]?.server_version ?? '';
  });
}

/** Drops the slots; a database that has one in use cannot be dropped. Ends sessions that a killed worker has left. */
export async function dropSlots(ports: readonly number[], signal: AbortSignal): Promise<void> {
  await withDatabase(ports, 'postgres', signal, async (client) => {
    for (;;) {
      const { rows } = await client.query<{ slot_name: string; active_pid: number | null }>(
        'select slot_name, active_pid from pg_replication_slots where slot_name = any($1)',
        [CAPTURED_DATABASES.map(({ slot }) => slot)],
      );
      if (rows.length === 0) return;
      for (const { slot_name, active_pid } of rows) {
        if (active_pid !== null) await client.query('select pg_terminate_backend($1)', [active_pid]);
        else await client.query('select pg_drop_replication_slot($1)', [slot_name]);
      }
      await delay(POLL_MS, undefined, { signal });
    }
  });
}

/** MongoDB's present time, from which on a change stream shows everything; see `CaptureSources.mongodbStart`. */
export async function mongodbTime(ports: readonly number[], signal: AbortSignal): Promise<string> {
  signal.throwIfAborted();
  const client = new MongoClient(entryAddress('mongodb', ports), { serverSelectionTimeoutMS: 5_000 });
  try {
    const { operationTime } = await client.db('admin').command({ ping: 1 });
    return (operationTime as Timestamp).toString();
  } finally {
    await client.close();
  }
}

/** Patroni, told of the slot before, was faster. */
function ignoreExisting(error: unknown): void {
  if (!(error instanceof pg.DatabaseError && error.code === DUPLICATE_OBJECT)) throw error;
}

async function withDatabase<R>(
  ports: readonly number[],
  database: string,
  signal: AbortSignal,
  use: (client: pg.Client) => Promise<R>,
): Promise<R> {
  signal.throwIfAborted();
  const client = new pg.Client({
    ...{ host: '127.0.0.1', port: ports[0] ?? 0, user: POSTGRES_USER, database },
    ...{ connectionTimeoutMillis: 5_000, query_timeout: 20_000 },
  });
  // The query that fails reports the same error; without a listener the event would end the process.
  client.on('error', () => {});
  try {
    await client.connect();
    return await use(client);
  } finally {
    await client.end().catch(() => {});
  }
}
