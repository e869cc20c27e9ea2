import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Installation } from '../components/installation.ts';
import { libraryEnvironment } from '../components/library-folders.ts';
import type { ProcessSpec } from '../process-spec.ts';
import { haproxySettings } from './haproxy-settings.ts';
import { restPortOf } from './patroni-control.ts';
import { POSTGRES_SERVER } from './postgres.ts';
import { queryPostgres } from './query-postgres.ts';
import type { ServerDriver, ServerNode, ServerPlace } from './server-driver.ts';

/** HAProxy in front of the PostgreSQL cluster: one address that always leads to the primary, or refuses. */
export const HAPROXY_SERVER: ServerDriver<'haproxy'> = {
  name: 'haproxy',
  prepare: prepareHaproxy,
  probe: probePrimary,
  url: POSTGRES_SERVER.url,
};

async function prepareHaproxy(installation: Installation, place: ServerPlace): Promise<ProcessSpec> {
  const { dataDir, logFile, port } = place;
  await mkdir(dataDir, { recursive: true });
  await mkdir(dirname(logFile), { recursive: true });
  const settings = join(dataDir, 'haproxy.cfg');
  const members = place.nodes.filter(({ server }) => server === 'patroni');
  const backends = members.map((member) => ({
    name: member.component,
    port: place.reach(member),
    restPort: restPortOf(member),
  }));
  await writeFile(settings, haproxySettings(port, backends));
  return {
    name: place.component,
    command: installation.path,
    // In the foreground, one process.
    args: ['-db', '-f', settings],
    env: { PATH: '/usr/bin:/bin', LC_ALL: 'C', ...libraryEnvironment(installation.libraryFolders) },
    cwd: dataDir,
    stopSignal: 'SIGTERM',
    stopTimeoutMs: 5_000,
    logFile,
  };
}

/** Ready: a connection through it meets a member that takes writes. */
async function probePrimary({ port }: ServerNode, signal: AbortSignal): Promise<void> {
  const [row] = await queryPostgres(port, 'select pg_is_in_recovery() as is_replica', signal);
  if (row?.is_replica !== false) throw new Error('the member behind it takes no writes');
}
