import { MongoClient } from 'mongodb';
import pg from 'pg';
import { POSTGRES_USER, STORES } from '#sut/contract/stores.ts';
import { entryAddress } from './entry-address.ts';
import { type EntryPorts, portList } from './entry-port-list.ts';
import { tcpExchange } from './tcp-exchange.ts';

const databasesOf = (engine: 'postgres' | 'mongodb'): readonly string[] =>
  Object.values(STORES).flatMap((store) => (store.engine === engine ? [store.database] : []));

/** Creates the PostgreSQL databases of the contract that are not there yet. MongoDB makes its own at the first write. */
export async function provisionDatabases(ports: EntryPorts, signal: AbortSignal): Promise<void> {
  await withPostgres(ports, signal, createMissingDatabases);
}

/** Drops the PostgreSQL databases of the contract, ending their sessions, and creates them anew, empty. */
export async function resetPostgresDatabases(ports: EntryPorts, signal: AbortSignal): Promise<void> {
  await withPostgres(ports, signal, async (client) => {
    for (const database of databasesOf('postgres')) {
      await client.query(`drop database if exists ${pg.escapeIdentifier(database)} with (force)`);
    }
    await createMissingDatabases(client);
  });
}

/** Drops the MongoDB databases of the contract. */
export async function resetMongodbDatabases(ports: EntryPorts, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const client = new MongoClient(entryAddress('mongodb', portList(ports)), {
    serverSelectionTimeoutMS: 5_000,
    connectTimeoutMS: 2_000,
    socketTimeoutMS: 10_000,
  });
  try {
    for (const database of databasesOf('mongodb')) await client.db(database).dropDatabase();
  } finally {
    await client.close();
  }
}

/** Empties Redis: each node of a cluster, of which the replicas say that their masters will do it. */
export async function flushRedis(ports: EntryPorts, signal: AbortSignal): Promise<void> {
  await Promise.all(
    portList(ports).map(async (port) => {
      const answer = await tcpExchange(port, Buffer.from('FLUSHALL\r\n'), (bytes) => bytes.includes('\r\n'), signal);
      const text = answer.toString('utf8').trim();
      if (text !== '+OK' && !text.startsWith('-READONLY')) throw new Error(`Redis answered FLUSHALL with ${text}`);
    }),
  );
}

async function createMissingDatabases(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ datname: string }>('select datname from pg_database');
  const existing = new Set(rows.map(({ datname }) => datname));
  for (const database of databasesOf('postgres').filter((name) => !existing.has(name))) {
    await client.query(`create database ${pg.escapeIdentifier(database)} owner ${POSTGRES_USER}`);
  }
}

async function withPostgres(
  ports: EntryPorts,
  signal: AbortSignal,
  use: (client: pg.Client) => Promise<void>,
): Promise<void> {
  signal.throwIfAborted();
  const [port] = portList(ports);
  const client = new pg.Client({
    ...{ host: '127.0.0.1', port, user: POSTGRES_USER, database: 'postgres' },
    ...{ connectionTimeoutMillis: 5_000, query_timeout: 20_000 },
  });
  // The query that fails reports the same error; without a listener the event would end the process.
  client.on('error', () => {});
  const onAbort = () => void client.end().catch(() => {});
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    await client.connect();
    await use(client);
  } finally {
    signal.removeEventListener('abort', onAbort);
    await client.end().catch(() => {});
  }
  signal.throwIfAborted();
}
