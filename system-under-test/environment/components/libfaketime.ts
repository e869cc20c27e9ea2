import { access, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { clockEnvironment } from '../service-clock.ts';
import type { ComponentSource } from './component-source.ts';
import { DEBIAN_INSTALLERS, unpackDebianPackages } from './debian-packages.ts';
import { programOutput } from './program-output.ts';

const VERSION = '0.9.10';
const MACHINES: { readonly [arch: string]: string } = { x64: 'x86_64', arm64: 'aarch64' };
const LIBRARY = join(
  'usr',
  'lib',
  `${MACHINES[process.arch] ?? process.arch}-linux-gnu`,
  'faketime',
  'libfaketime.so.1',
);
const SHIFT_MS = 86_400_000;

/** libfaketime from Debian's package, unpacked into the cache: a library that is loaded into a service to set its clock. */
export const LIBFAKETIME: ComponentSource<'libfaketime'> = {
  name: 'libfaketime',
  neededVersion: `${VERSION} or newer`,
  installedVersion: VERSION,
  approximateBytes: 200_000,
  howToGetIt: 'apt-get install libfaketime, or set CHAOS_LIBFAKETIME to a libfaketime.so.1',
  installers: DEBIAN_INSTALLERS,
  async candidates({ env }) {
    const configured = env.CHAOS_LIBFAKETIME;
    return [
      ...(configured ? [{ origin: 'configured' as const, path: configured, variable: 'CHAOS_LIBFAKETIME' }] : []),
      { origin: 'path' as const, path: join('/', LIBRARY) },
    ];
  },
  pathInCache: (folder) => join(folder, LIBRARY),
  async inspect({ path, origin }) {
    try {
      // Whether this Node follows it is what matters, and a library tells no version.
      const env = { ...clockEnvironment(path, '/dev/null'), FAKETIME: `+${SHIFT_MS / 1_000}` };
      await access(path);
      const told = await programOutput(process.execPath, ['-p', 'Date.now()'], { env });
      const shiftMs = Number(told) - Date.now();
      // NaN is no shift either: the dynamic linker complains in the same output.
      if (!(Math.abs(shiftMs - SHIFT_MS) < SHIFT_MS / 10)) {
        return { usable: false, reason: `${path} does not change the clock of ${process.execPath}` };
      }
      return { usable: true, installation: { origin, version: await packageVersion(path), path, libraryFolders: [] } };
    } catch (error) {
      return { usable: false, reason: `${path} cannot be loaded: ${String(error)}` };
    }
  },
  install: (folder, tools) => unpackDebianPackages(['libfaketime'], folder, tools),
};

/** From the changelog of the Debian package that the library came with: `libfaketime (0.9.10-2.1) unstable; …`. */
async function packageVersion(path: string): Promise<string> {
  const changelog = resolve(path, '../../../../share/doc/libfaketime/changelog.Debian.gz');
  const text = await readFile(changelog).then(
    (bytes) => gunzipSync(bytes).toString('utf8'),
    () => '',
  );
  return /^(?:lib)?faketime \(([\d.]+)/.exec(text)?.[1] ?? 'of unknown version';
}
