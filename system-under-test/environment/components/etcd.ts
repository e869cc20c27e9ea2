import { join } from 'node:path';
import type { ComponentSource } from './component-source.ts';
import { DEBIAN_INSTALLERS, unpackDebianPackages } from './debian-packages.ts';
import { inspectProgram, programCandidates } from './inspect-program.ts';

/** etcd from Debian's package, unpacked into the cache. It is linked statically and needs no libraries. */
export const ETCD: ComponentSource<'etcd'> = {
  name: 'etcd',
  neededVersion: '3.4 or newer',
  installedVersion: '3.4',
  approximateBytes: 40_000_000,
  howToGetIt: 'apt-get install etcd-server, or set CHAOS_ETCD to an etcd',
  installers: DEBIAN_INSTALLERS,
  candidates: (surroundings) => programCandidates('etcd', 'CHAOS_ETCD', surroundings),
  pathInCache: (folder) => join(folder, 'usr', 'bin', 'etcd'),
  inspect: (candidate, surroundings) =>
    inspectProgram(candidate, { needed: '3.4', versionArguments: ['--version'], libraryFolders: [], surroundings }),
  install: (folder, tools) => unpackDebianPackages(['etcd-server'], folder, tools),
};
