import pg from 'pg';
import { POSTGRES_USER } from '#sut/contract/stores.ts';

const TIMEOUT_MS = 1_500;

/** Why PostgreSQL did not write; `code` is its SQLSTATE, or that of a connection that failed. */
export interface WriteRefusal {
  readonly code: string;
  readonly message: string;
}

/** Has PostgreSQL write some 2 MB that it throws away with the session; `undefined` when it could. */
export async function tryPostgresWrite(port: number): Promise<WriteRefusal | undefined> {
  const client = new pg.Client({
    host: '127.0.0.1',
    ...{ port, user: POSTGRES_USER, database: 'postgres' },
    ...{ connectionTimeoutMillis: TIMEOUT_MS, query_timeout: TIMEOUT_MS },
  });
  // Reported by the query that fails.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query(
      'create temporary table disk_probe as select repeat(md5(n::text), 30) as filler from generate_series(1, 2000) n',
    );
    return undefined;
  } catch (error) {
    const { code, message } = error as { readonly code?: string; readonly message?: string };
    return { code: code ?? 'unknown', message: message ?? String(error) };
  } finally {
    await client.end().catch(() => undefined);
  }
}
