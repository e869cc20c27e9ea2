import { access, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { POSTGRES_USER } from '#sut/contract/stores.ts';
import type { Installation } from '../components/installation.ts';
import { libraryEnvironment } from '../components/library-folders.ts';
import { programOutput } from '../components/program-output.ts';
import type { ProcessSpec } from '../process-spec.ts';
import { POSTGRES_SETTINGS } from './postgres-settings.ts';
import { queryPostgres } from './query-postgres.ts';
import type { ServerDriver, ServerPlace } from './server-driver.ts';
import { makeServerFolder } from './server-user.ts';

/** PostgreSQL, one cluster owned by the role `shop`. */
export const POSTGRES_SERVER: ServerDriver<'postgres'> = {
  name: 'postgres',
  prepare: preparePostgres,
  probe: async ({ port }, signal) => {
    await queryPostgres(port, 'select 1', signal);
  },
  url: (port, database = 'postgres') => `postgres://${POSTGRES_USER}@127.0.0.1:${port}/${database}`,
};

async function preparePostgres(
  installation: Installation,
  { dataDir, logFile, port }: ServerPlace,
  signal: AbortSignal,
): Promise<ProcessSpec> {
  const user = await makeServerFolder('PostgreSQL', dataDir, [installation.path]);
  await mkdir(dirname(logFile), { recursive: true });
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
    postgresDir: dataDir,
    ...user,
    // Fast shutdown: sessions are ended, then a checkpoint.
    stopSignal: 'SIGINT',
    stopTimeoutMs: 10_000,
    logFile,
  };
}

function settingArguments(port: number): readonly string[] {
  const settings = { listen_addresses: '127.0.0.1', port, ...POSTGRES_SETTINGS };
  return Object.entries(settings).flatMap(([key, value]) => ['-c', `${key}=${value}`]);
}

const isInitialised = (dataDir: string): Promise<boolean> =>
  access(join(dataDir, 'global', 'pg_control')).then(
    () => true,
    () => false,
  );
