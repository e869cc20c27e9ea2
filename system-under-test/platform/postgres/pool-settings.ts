import pg from 'pg';
import { prepareStatements } from './prepare-statements.ts';

/**
 * Settings of every connection to PostgreSQL, with their reasons.
 *
 * A network partition freezes a connection without closing it, and a paused server accepts connections and stays
 * silent. So every wait has a bound on this side (`query_timeout`, `connectionTimeoutMillis`), and the server's own
 * bound is a little shorter, so that it normally speaks first and we know the outcome.
 */
export function openPool(options: {
  readonly url: string;
  readonly service: string;
  readonly onIdleError: (error: Error) => void;
}): pg.Pool {
  const pool = new pg.Pool({
    connectionString: options.url,
    application_name: options.service,
    max: 16,
    connectionTimeoutMillis: 2_000,
    query_timeout: 4_000,
    statement_timeout: 3_000,
    // A client that vanished in mid-transaction must not hold its locks.
    idle_in_transaction_session_timeout: 5_000,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 2_000,
    // Statements that need not wait for each other's answers travel together.
    pipeline: true,
  });
  // Without a listener an idle connection that the server closes ends the process.
  pool.on('error', options.onIdleError);
  // A connection that breaks between two queries of a transaction reports it here and in the next query; the latter counts.
  pool.on('connect', (client) => client.on('error', () => {}));
  pool.on('connect', prepareStatements);
  return pool;
}

/** Closes a connection whose state is unknown without waiting for the other side to answer. */
export function discard(client: pg.PoolClient, error: Error): void {
  client.release(error);
  client.connection.stream.destroy();
}
