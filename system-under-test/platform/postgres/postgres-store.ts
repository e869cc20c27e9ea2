import pg from 'pg';
import type { Logger } from 'pino';
import type { Leases } from '../lease/leases.ts';
import type { IncomingMessage, Outbox, Store, UnitOfWork } from '../store.ts';
import { within } from '../time/within.ts';
import { unavailable, withConnection } from './connection.ts';
import { PLATFORM_SCHEMA } from './platform-schema.ts';
import { openPool } from './pool-settings.ts';
import { PostgresLeases } from './postgres-leases.ts';
import { PostgresOutbox } from './postgres-outbox.ts';
import { prepareSchema } from './prepare-schema.ts';
import { runTransaction, type TransactionOptions } from './run-transaction.ts';

export interface PostgresStoreOptions {
  /** postgres://user@host:port/database */
  readonly url: string;
  /** Name of the service, shown in pg_stat_activity. */
  readonly service: string;
  /** Idempotent DDL (`create table if not exists …`) of the service's own tables, run by `prepare` under a lock. */
  readonly schema: string;
  readonly log?: Logger;
}

const MARKERS_KEPT = '1 hour';
const HOUSEKEEPING_MS = 60_000;

/**
 * PostgreSQL as a `Store`: READ COMMITTED transactions, so lock what you decide on (`select … for update`, or a
 * conditional `update … where … returning`). `unit.tx` is the pg client of the transaction.
 */
export class PostgresStore implements Store<pg.PoolClient> {
  readonly outbox: Outbox;
  readonly leases: Leases;
  readonly #pool: pg.Pool;
  readonly #options: PostgresStoreOptions;
  readonly #publishedListeners: (() => void)[] = [];
  readonly #closing = new AbortController();
  #housekeeping: NodeJS.Timeout | undefined;

  constructor(options: PostgresStoreOptions) {
    this.#options = options;
    this.#pool = openPool({
      ...options,
      onIdleError: (error) => options.log?.debug({ err: error }, 'idle database connection lost'),
    });
    this.outbox = new PostgresOutbox((text, values) => this.query(text, values));
    this.leases = new PostgresLeases((text, values) => this.query(text, values));
  }

  /** One statement outside a transaction, for reads. Rejects with `StoreUnavailableError` when the database is away. */
  async query<Row extends pg.QueryResultRow>(text: string, values: readonly unknown[] = []): Promise<readonly Row[]> {
    return withConnection(
      () => this.#connect(),
      async (client) => (await client.query<Row>(text, [...values])).rows,
    );
  }

  async transaction<R>(work: (unit: UnitOfWork<pg.PoolClient>) => Promise<R>): Promise<R> {
    return runTransaction(this.#transactionOptions(undefined), work);
  }

  async handleOnce(
    message: IncomingMessage,
    work: (unit: UnitOfWork<pg.PoolClient>) => Promise<string>,
  ): Promise<string | 'duplicate'> {
    const [id, topic] = [message.id, message.topic].map(pg.escapeLiteral);
    // Claim first: the same message in another process waits here until this transaction has ended.
    const opening = `insert into inbox (message_id, topic, outcome) values (${id}, ${topic}, 'handling') on conflict do nothing`;
    return runTransaction({ ...this.#transactionOptions(message.id), opening }, async (unit) => {
      if (unit.opened.rowCount === 0) return 'duplicate';
      const outcome = await work(unit);
      unit.atCommit({ text: 'update inbox set outcome = $2 where message_id = $1', values: [message.id, outcome] });
      return outcome;
    });
  }

  async prepare(): Promise<void> {
    const statements = `${PLATFORM_SCHEMA} ${this.#options.schema}`;
    await withConnection(
      () => this.#connect(),
      (client) => prepareSchema(client, statements),
    );
    this.#housekeeping ??= setInterval(() => this.#forgetOldMarkers(), HOUSEKEEPING_MS).unref();
  }

  async ping(): Promise<void> {
    await this.query('select 1');
  }

  onPublished(listener: () => void): void {
    this.#publishedListeners.push(listener);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#housekeeping);
    this.#closing.abort();
    // The pool waits for connections that a silent server may never close.
    await within(this.#pool.end(), 3_000, 'closing the database connections').catch((error: unknown) =>
      this.#options.log?.warn({ err: error }, 'database connections abandoned'),
    );
  }

  #transactionOptions(causeId: string | undefined): TransactionOptions {
    return {
      connect: () => this.#connect(),
      causeId,
      closing: this.#closing.signal,
      onPublished: () => {
        for (const listener of this.#publishedListeners) listener();
      },
    };
  }

  async #connect(): Promise<pg.PoolClient> {
    try {
      return await this.#pool.connect();
    } catch (error) {
      throw unavailable(error);
    }
  }

  #forgetOldMarkers(): void {
    this.query(`delete from commit_markers where created_at < now() - interval '${MARKERS_KEPT}'`).catch(
      (error: unknown) => this.#options.log?.debug({ err: error }, 'housekeeping postponed'),
    );
  }
}
