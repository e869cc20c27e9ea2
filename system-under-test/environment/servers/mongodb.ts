import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { MongoClient, MongoServerError } from 'mongodb';
import { REPLICA_SET } from '#sut/contract/stores.ts';
import type { Installation } from '../components/installation.ts';
import { libraryEnvironment } from '../components/library-folders.ts';
import type { ProcessSpec } from '../process-spec.ts';
import type { ServerDriver, ServerPlace } from './server-driver.ts';

const ALREADY_INITIALIZED = 23;

/** MongoDB as a replica set of one member: transactions and change streams need a replica set. */
export const MONGODB_SERVER: ServerDriver<'mongodb'> = {
  name: 'mongodb',
  prepare: prepareMongodb,
  initialise: ({ port }, signal) => initiateReplicaSet(port, signal),
  probe: ({ port }, signal) => probeMongodb(port, signal),
  url: (port, database = '') => `mongodb://127.0.0.1:${port}/${database}?replicaSet=${REPLICA_SET}`,
};

async function prepareMongodb(
  installation: Installation,
  { dataDir, logFile, port }: ServerPlace,
): Promise<ProcessSpec> {
  await mkdir(dataDir, { recursive: true });
  await mkdir(dirname(logFile), { recursive: true });
  const parameters = [
    'diagnosticDataCollectionEnabled=false',
    // A primary otherwise waits 15 s at SIGTERM for a successor to be elected; a single member has none.
    'shutdownTimeoutMillisForSignaledShutdown=0',
    // The transactions of a killed client keep their locks this long (60 s by default): nothing else ends them.
    'transactionLifetimeLimitSeconds=3',
  ];
  return {
    name: 'mongodb',
    command: installation.path,
    args: [
      ...['--replSet', REPLICA_SET, '--port', String(port), '--bind_ip', '127.0.0.1', '--dbpath', dataDir],
      ...['--wiredTigerCacheSizeGB', '0.25', '--oplogSize', '128', '--nounixsocket'],
      ...parameters.flatMap((parameter) => ['--setParameter', parameter]),
    ],
    env: { PATH: '/usr/bin:/bin', LC_ALL: 'C', ...libraryEnvironment(installation.libraryFolders) },
    cwd: dataDir,
    stopSignal: 'SIGTERM',
    stopTimeoutMs: 10_000,
    logFile,
  };
}

async function initiateReplicaSet(port: number, signal: AbortSignal): Promise<void> {
  const config = {
    _id: REPLICA_SET,
    members: [{ _id: 0, host: `127.0.0.1:${port}` }],
    settings: { electionTimeoutMillis: 1_000, catchUpTimeoutMillis: 0 },
  };
  await withDirectClient(port, signal, async (client) => {
    const hello = await client.db('admin').command({ hello: 1 });
    if (typeof hello.setName === 'string') return;
    try {
      await client.db('admin').command({ replSetInitiate: config });
    } catch (error) {
      if (!(error instanceof MongoServerError && error.code === ALREADY_INITIALIZED)) throw error;
    }
  });
}

async function probeMongodb(port: number, signal: AbortSignal): Promise<void> {
  await withDirectClient(port, signal, async (client) => {
    const hello = await client.db('admin').command({ hello: 1 });
    if (hello.isWritablePrimary !== true) throw new Error('MongoDB answers but is not primary yet');
  });
}

async function withDirectClient(
  port: number,
  signal: AbortSignal,
  use: (client: MongoClient) => Promise<void>,
): Promise<void> {
  signal.throwIfAborted();
  const timeouts = { serverSelectionTimeoutMS: 500, connectTimeoutMS: 1_000, socketTimeoutMS: 2_500 };
  const client = new MongoClient(`mongodb://127.0.0.1:${port}/?directConnection=true`, { ...timeouts, maxPoolSize: 1 });
  try {
    await use(client);
  } finally {
    await client.close();
  }
}
