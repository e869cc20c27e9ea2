import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { PatroniInstallation } from '../components/installation.ts';
import type { ProcessSpec } from '../process-spec.ts';
import { hasRole, restPortOf } from './patroni-control.ts';
import { patroniSettings } from './patroni-settings.ts';
import { POSTGRES_SERVER } from './postgres.ts';
import { queryPostgres } from './query-postgres.ts';
import { fellowsOf, type ServerDriver, type ServerNode, type ServerPlace } from './server-driver.ts';
import { makeServerFolder } from './server-user.ts';
import { UTC_LOGS } from './utc-logs.ts';

/**
 * One member of a PostgreSQL cluster: Patroni, which initialises, starts, promotes and rewinds a PostgreSQL of its own in
 * `dataDir/postgres`. The role `shop` owns everything, as in `postgres.ts`.
 */
export const PATRONI_SERVER: ServerDriver<'patroni'> = {
  name: 'patroni',
  extraPorts: ['rest'],
  needs: ['postgres'],
  startsAfter: ['etcd'],
  prepare: preparePatroni,
  probe: probeMember,
  url: POSTGRES_SERVER.url,
};

async function preparePatroni(installation: PatroniInstallation, place: ServerPlace): Promise<ProcessSpec> {
  const { dataDir, logFile, port, advertisedPort, component } = place;
  const { python, path } = installation;
  const { postgres } = place.programs;
  const etcd = place.nodes.find(({ server }) => server === 'etcd');
  if (postgres === undefined || etcd === undefined) throw new Error('Patroni needs PostgreSQL and etcd beside it');
  const user = await makeServerFolder('PostgreSQL', dataDir, [postgres.path, python, join(path, 'patroni')]);
  await mkdir(dirname(logFile), { recursive: true });
  const postgresDir = join(dataDir, 'postgres');
  const settings = join(dataDir, 'patroni.yml');
  const ports = { port, advertisedPort, restPort: restPortOf(place), etcdPort: place.reach(etcd) };
  const { detection } = place;
  const fellows = fellowsOf(place).flatMap((fellow) => (fellow.component === component ? [] : [fellow.component]));
  const { path: program, version } = postgres;
  const member = { name: component, postgresDir, binDir: dirname(program), version, fellows, detection, ...ports };
  await writeFile(settings, patroniSettings(member));
  return {
    name: component,
    command: python,
    args: ['-m', 'patroni', settings],
    // HOME: libpq looks there for files of its user.
    env: {
      PATH: '/usr/bin:/bin',
      LC_ALL: 'C.UTF-8',
      HOME: dataDir,
      PYTHONPATH: path,
      PYTHONDONTWRITEBYTECODE: '1',
      ...UTC_LOGS,
    },
    cwd: dataDir,
    postgresDir,
    ...user,
    // Patroni hands the leadership over, then stops its PostgreSQL.
    stopSignal: 'SIGTERM',
    stopTimeoutMs: 15_000,
    logFile,
  };
}

/**
 * Ready: it is the primary and its Patroni says so, or it follows the one that is. A former primary that was frozen takes
 * writes again for a moment, until its Patroni has seen that it was replaced, stops it and makes a replica of it.
 */
async function probeMember(member: ServerNode, signal: AbortSignal): Promise<void> {
  const text = 'select pg_is_in_recovery() as is_replica, (select status from pg_stat_wal_receiver) as receiver';
  const [row] = await queryPostgres(member.port, text, signal);
  if (row?.is_replica === true) {
    if (row.receiver === 'streaming') return;
    throw new Error(`a replica that receives nothing (${String(row.receiver ?? 'no WAL receiver')})`);
  }
  if (!(await hasRole(restPortOf(member), 'primary', signal))) {
    throw new Error('it takes writes, but its Patroni does not call it the primary');
  }
}
