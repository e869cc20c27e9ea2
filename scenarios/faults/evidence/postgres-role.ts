import pg from 'pg';
import { POSTGRES_USER } from '#sut/contract/stores.ts';

const TIMEOUT_MS = 1_500;

/** What one PostgreSQL says of itself. */
export interface PostgresRole {
  /** It accepts writes: it is not in recovery. */
  readonly isWritable: boolean;
  /** When its postmaster started; another after every restart. */
  readonly startedAt: string;
}

/** Asks the PostgreSQL on this port itself, past HAProxy and Patroni. Rejects when it does not answer. */
export async function postgresRole(port: number): Promise<PostgresRole> {
  const client = new pg.Client({
    host: '127.0.0.1',
    ...{ port, user: POSTGRES_USER, database: 'postgres' },
    ...{ connectionTimeoutMillis: TIMEOUT_MS, query_timeout: TIMEOUT_MS },
  });
  // Reported by the query that fails.
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ writable: boolean; started: string }>(
      'select not pg_is_in_recovery() as writable, pg_postmaster_start_time()::text as started',
    );
    const [row] = rows;
    if (row === undefined) throw new Error('PostgreSQL answered with no row');
    return { isWritable: row.writable, startedAt: row.started };
  } finally {
    await client.end().catch(() => undefined);
  }
}
