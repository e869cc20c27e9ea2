import pg from 'pg';
import { POSTGRES_USER } from '#sut/contract/stores.ts';

const TIMEOUT_MS = 1_500;
/** A server that is not there, that ends, or that starts (`admin_shutdown`, `cannot_connect_now` of PostgreSQL). */
const AWAY: readonly unknown[] = ['ECONNREFUSED', '57P01', '57P03'];

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

/**
 * Whether the PostgreSQL on this port takes writes; one that is down, ends or starts takes none. Rejects when it does not answer
 * otherwise: that a look at it takes too long says nothing of its writes.
 */
export async function takesWrites(port: number): Promise<boolean> {
  try {
    return (await postgresRole(port)).isWritable;
  } catch (error) {
    if (error instanceof Error && 'code' in error && AWAY.includes(error.code)) return false;
    throw error;
  }
}
