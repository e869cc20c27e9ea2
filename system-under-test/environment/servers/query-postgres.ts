import pg from 'pg';
import { POSTGRES_USER } from '#sut/contract/stores.ts';

/** One query on a connection of its own, as the role `shop` in the database `postgres`. Bounded to seconds. */
export async function queryPostgres(
  port: number,
  text: string,
  signal: AbortSignal,
): Promise<readonly Record<string, unknown>[]> {
  signal.throwIfAborted();
  const client = new pg.Client({
    host: '127.0.0.1',
    port,
    user: POSTGRES_USER,
    database: 'postgres',
    connectionTimeoutMillis: 2_000,
    query_timeout: 2_000,
  });
  // An error after the connection is made is also reported by the query; without a listener it would end the process.
  client.on('error', () => {});
  try {
    await client.connect();
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end().catch(() => {});
  }
}
