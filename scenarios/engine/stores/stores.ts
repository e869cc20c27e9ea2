import { type Db, MongoClient } from 'mongodb';
import { Pool } from 'pg';
import type { Environment } from '#sut/contract/environment.ts';
import { POSTGRES_USER, REPLICA_SET, STORES, type StoredService } from '#sut/contract/stores.ts';
import { PublishedRecords } from './published-records.ts';

/** Of a look that is repeated anyway. */
const LOOK_TIMEOUT_MS = 5_000;

type ServiceOn<Engine> = {
  [S in StoredService]: (typeof STORES)[S]['engine'] extends Engine ? S : never;
}[StoredService];
export type PostgresService = ServiceOn<'postgres'>;
export type MongodbService = ServiceOn<'mongodb'>;

export const STORED_SERVICES = Object.keys(STORES) as readonly StoredService[];
export const isOnPostgres = (service: StoredService): service is PostgresService =>
  STORES[service].engine === 'postgres';

/**
 * The databases of all services, read directly at the servers' real ports. Connects when first asked. A query, and the wait for the one
 * before it, may take `timeoutMs` each.
 */
export class Stores implements AsyncDisposable {
  readonly #environment: Environment;
  readonly #timeoutMs: number;
  readonly #pools = new Map<PostgresService, Pool>();
  #mongo: MongoClient | undefined;
  /** What the topics show. */
  readonly published: PublishedRecords;

  constructor(environment: Environment, timeoutMs = LOOK_TIMEOUT_MS) {
    this.#environment = environment;
    this.#timeoutMs = timeoutMs;
    this.published = new PublishedRecords(environment.entryPorts('kafka'));
  }

  /** Rows of a query as the driver returns them: numbers of type bigint and numeric are strings. */
  async rows(service: PostgresService, sql: string): Promise<readonly unknown[]> {
    const { rows } = await this.#pool(service).query<Record<string, unknown>>(sql);
    return rows;
  }

  async documents(service: MongodbService): Promise<Db> {
    const members = this.#environment.entryPorts('mongodb').map((port) => `127.0.0.1:${port}`);
    this.#mongo ??= new MongoClient(
      `mongodb://${members.join(',')}/?replicaSet=${REPLICA_SET}&readPreference=primary&readConcernLevel=majority`,
      {
        serverSelectionTimeoutMS: this.#timeoutMs,
        socketTimeoutMS: this.#timeoutMs,
        maxPoolSize: 4,
      },
    );
    // Free while connected. A client whose first connection failed stays closed for ever unless it is told again.
    await this.#mongo.connect();
    return this.#mongo.db(STORES[service].database);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...[...this.#pools.values()].map((pool) => pool.end()), this.#mongo?.close()]);
  }

  #pool(service: PostgresService): Pool {
    const existing = this.#pools.get(service);
    if (existing !== undefined) return existing;
    const pool = new Pool({
      host: '127.0.0.1',
      // Of a cluster: the way that leads to the primary, whichever that is now.
      port: this.#environment.entryPorts('postgres')[0],
      user: POSTGRES_USER,
      database: STORES[service].database,
      max: 1,
      connectionTimeoutMillis: this.#timeoutMs,
      query_timeout: this.#timeoutMs,
    });
    // An idle connection that breaks is replaced at the next query, which reports what is wrong then.
    pool.on('error', () => undefined);
    this.#pools.set(service, pool);
    return pool;
  }
}
