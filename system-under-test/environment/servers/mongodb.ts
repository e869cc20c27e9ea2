import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Document, MongoServerError } from 'mongodb';
import { REPLICA_SET } from '#sut/contract/stores.ts';
import type { Installation } from '../components/installation.ts';
import { libraryEnvironment } from '../components/library-folders.ts';
import type { ProcessSpec } from '../process-spec.ts';
import { withMongodbMember } from './mongodb-member.ts';
import { mongodbParameters, replicaSetSettings } from './mongodb-settings.ts';
import { fellowsOf, type NodeInTopology, type ServerDriver, type ServerPlace } from './server-driver.ts';

const ALREADY_INITIALIZED = 23;

/** MongoDB as a replica set, of one member too: transactions and change streams need a replica set. */
export const MONGODB_SERVER: ServerDriver<'mongodb'> = {
  name: 'mongodb',
  prepare: prepareMongodb,
  initialise: initiateReplicaSet,
  probe: probeMongodb,
  url: (port, database = '') => `mongodb://127.0.0.1:${port}/${database}?replicaSet=${REPLICA_SET}`,
};

async function prepareMongodb(installation: Installation, place: ServerPlace): Promise<ProcessSpec> {
  const { dataDir, logFile, port, component } = place;
  await mkdir(dataDir, { recursive: true });
  await mkdir(dirname(logFile), { recursive: true });
  return {
    name: component,
    command: installation.path,
    args: [
      ...['--replSet', REPLICA_SET, '--port', String(port), '--bind_ip', '127.0.0.1', '--dbpath', dataDir],
      ...['--wiredTigerCacheSizeGB', '0.25', '--oplogSize', '128', '--nounixsocket'],
      ...Object.entries(mongodbParameters(fellowsOf(place).length)).flatMap(([key, value]) => [
        '--setParameter',
        `${key}=${value}`,
      ]),
    ],
    env: { PATH: '/usr/bin:/bin', LC_ALL: 'C', ...libraryEnvironment(installation.libraryFolders) },
    cwd: dataDir,
    stopSignal: 'SIGTERM',
    stopTimeoutMs: 10_000,
    logFile,
  };
}

/** The first member founds the set as soon as all answer. */
async function initiateReplicaSet(node: NodeInTopology, signal: AbortSignal): Promise<void> {
  const fellows = fellowsOf(node);
  if (fellows[0]?.component !== node.component) return;
  const config = {
    _id: REPLICA_SET,
    members: fellows.map(({ port }, index) => ({ _id: index, host: `127.0.0.1:${port}` })),
    settings: replicaSetSettings(fellows.length, node.detection ?? 'fast'),
  };
  await withMongodbMember(node.port, signal, async (admin) => {
    const hello = await admin.command({ hello: 1 });
    if (typeof hello.setName === 'string') return;
    try {
      await admin.command({ replSetInitiate: config });
    } catch (error) {
      if (!(error instanceof MongoServerError && error.code === ALREADY_INITIALIZED)) throw error;
    }
  });
}

/** Ready: it is the primary, or it follows the one that it knows. */
async function probeMongodb({ port }: NodeInTopology, signal: AbortSignal): Promise<void> {
  await withMongodbMember(port, signal, async (admin) => {
    const hello: Document = await admin.command({ hello: 1 });
    const follows = hello.secondary === true && typeof hello.primary === 'string';
    if (hello.isWritablePrimary !== true && !follows) {
      throw new Error('MongoDB answers, but is neither primary nor follows one yet');
    }
  });
}
