import { access, chmod, chown, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import pg from 'pg';
import { POSTGRES_USER } from '#sut/contract/stores.ts';
import type { Installation } from '../components/installation.ts';
import { libraryEnvironment } from '../components/library-folders.ts';
import { programOutput } from '../components/program-output.ts';
import type { ProcessSpec } from '../process-spec.ts';
import { clearPostgresLeftovers } from './postgres-leftovers.ts';
import type { ServerDriver, ServerPlace } from './server-driver.ts';
import { closedFolderAbove, unprivilegedUser } from './server-user.ts';

/** PostgreSQL, one cluster owned by the role `shop`. */
export const POSTGRES_SERVER: ServerDriver<'postgres'> = {
  name: 'postgres',
  prepare: preparePostgres,
  beforeStart: (spec, signal) => clearPostgresLeftovers(spec.cwd, signal),
  probe: ({ port }, signal) => probePostgres(port, signal),
  url: (port, database = 'postgres') => `postgres://${POSTGRES_USER}@127.0.0.1:${port}/${database}`,
};

async function preparePostgres(
  installation: Installation,
  { dataDir, logFile, port }: ServerPlace,
  signal: AbortSignal,
): Promise<ProcessSpec> {
  const user = await unprivilegedUser();
  await mkdir(dataDir, { recursive: true });
  await mkdir(dirname(logFile), { recursive: true });
  if (user !== undefined) {
    for (const path of [dataDir, installation.path]) {
      const closed = await closedFolderAbove(path, user);
      if (closed !== undefined) {
        const why = 'PostgreSQL refuses to run as root, so it runs as another user';
        throw new Error(`${why}, who may not search ${closed} on the way to ${path}. Choose a place outside it.`);
      }
    }
    await chown(dataDir, user.uid, user.gid);
  }
  await chmod(dataDir, 0o700);
  const env = { PATH: '/usr/bin:/bin', LC_ALL: 'C', ...libraryEnvironment(installation.libraryFolders) };
  if (!(await isInitialised(dataDir))) {
    const args = ['-D', dataDir, '-U', POSTGRES_USER, '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'];
    const options = { env, cwd: dataDir, signal, uid: user?.uid, gid: user?.gid, timeoutMs: 60_000 };
    await programOutput(join(dirname(installation.path), 'initdb'), args, options);
  }
  return {
    name: 'postgres',
    command: installation.path,
    args: ['-D', dataDir, ...settingArguments(port)],
    env,
    cwd: dataDir,
    ...user,
    // Fast shutdown: sessions are ended, then a checkpoint.
    stopSignal: 'SIGINT',
    stopTimeoutMs: 10_000,
    logFile,
  };
}

function settingArguments(port: number): readonly string[] {
  const settings: Readonly<Record<string, string | number>> = {
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: '',
    max_connections: 200,
    shared_buffers: '64MB',
    fsync: 'on',
    wal_level: 'logical',
    // In the data folder: segments in /dev/shm would outlive a killed server for good.
    dynamic_shared_memory_type: 'mmap',
    // Log lines carry milliseconds, so that they can be laid beside a history.
    log_line_prefix: '%m [%p] %d ',
    log_checkpoints: 'off',
  };
  return Object.entries(settings).flatMap(([key, value]) => ['-c', `${key}=${value}`]);
}

const isInitialised = (dataDir: string): Promise<boolean> =>
  access(join(dataDir, 'global', 'pg_control')).then(
    () => true,
    () => false,
  );

async function probePostgres(port: number, signal: AbortSignal): Promise<void> {
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
    await client.query('select 1');
  } finally {
    await client.end().catch(() => {});
  }
}
