import { dirname, join } from 'node:path';
import type { ComponentSource } from './component-source.ts';
import { DEBIAN_INSTALLERS, unpackDebianPackages } from './debian-packages.ts';
import { inspectProgram, programCandidates } from './inspect-program.ts';
import { libraryFoldersIn } from './library-folders.ts';

/** HAProxy from Debian's package, unpacked into the cache together with the libraries that the machine lacks. */
export const HAPROXY: ComponentSource<'haproxy'> = {
  name: 'haproxy',
  neededVersion: '2.2 or newer',
  installedVersion: '2.6',
  approximateBytes: 8_000_000,
  howToGetIt: 'apt-get install haproxy, or set CHAOS_HAPROXY to a haproxy',
  installers: DEBIAN_INSTALLERS,
  candidates: (surroundings) => programCandidates('haproxy', 'CHAOS_HAPROXY', surroundings),
  pathInCache: (folder) => join(folder, 'usr', 'sbin', 'haproxy'),
  async inspect(candidate, surroundings) {
    const root = dirname(dirname(dirname(candidate.path)));
    const libraryFolders = candidate.origin === 'cache' ? await libraryFoldersIn(root) : [];
    return inspectProgram(candidate, { needed: '2.2', versionArguments: ['-v'], libraryFolders, surroundings });
  },
  install: (folder, tools) => unpackDebianPackages(['haproxy'], folder, tools),
};
