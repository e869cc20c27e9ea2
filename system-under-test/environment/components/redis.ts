import { dirname, join } from 'node:path';
import type { ComponentSource } from './component-source.ts';
import { DEBIAN_INSTALLERS, unpackDebianPackages } from './debian-packages.ts';
import { inspectProgram, programCandidates } from './inspect-program.ts';
import { libraryFoldersIn } from './library-folders.ts';

/** Redis from Debian's package, unpacked into the cache together with the libraries that the machine lacks. */
export const REDIS: ComponentSource<'redis'> = {
  name: 'redis',
  neededVersion: '7.0 or newer',
  installedVersion: '7.0',
  approximateBytes: 8_000_000,
  howToGetIt: 'apt-get install redis-server, or set CHAOS_REDIS_SERVER to a redis-server',
  installers: DEBIAN_INSTALLERS,
  candidates: (surroundings) => programCandidates('redis-server', 'CHAOS_REDIS_SERVER', surroundings),
  pathInCache: (folder) => join(folder, 'usr', 'bin', 'redis-server'),
  async inspect(candidate, surroundings) {
    const root = dirname(dirname(dirname(candidate.path)));
    const libraryFolders = candidate.origin === 'cache' ? await libraryFoldersIn(root) : [];
    return inspectProgram(candidate, { needed: '7.0', versionArguments: ['--version'], libraryFolders, surroundings });
  },
  install: (folder, tools) => unpackDebianPackages(['redis-server', 'redis-tools'], folder, tools),
};
