import type { ComponentSource } from './component-source.ts';
import { ComponentUnavailable } from './component-unavailable.ts';
import { findOnPath } from './find-on-path.ts';
import { INSTALLABLE_NAMES, type InstallableName } from './installable-name.ts';
import type { Origin } from './installation.ts';
import { locate } from './locate.ts';
import { SOURCES } from './sources.ts';
import { currentSurroundings, type Surroundings } from './surroundings.ts';

/** What is known of one server on this machine, for `chaos doctor`. */
export interface ComponentReport {
  readonly name: InstallableName;
  readonly origin: Origin | 'missing';
  readonly version: string | undefined;
  readonly path: string | undefined;
  readonly neededVersion: string;
  /** What is wrong, one sentence each; empty when the server is there. */
  readonly problems: readonly string[];
  /** True when `ensureAll` can install it with what this machine has. */
  readonly isInstallable: boolean;
  /** What the user can do, one sentence; empty when nothing needs to be done. */
  readonly todo: string;
}

/** Looks for every server; installs nothing and never rejects because of a missing one. */
export async function locateAll(
  sources: typeof SOURCES = SOURCES,
  surroundings: Surroundings = currentSurroundings(),
): Promise<readonly ComponentReport[]> {
  return Promise.all(INSTALLABLE_NAMES.map((name) => reportOn(sources[name], surroundings)));
}

async function reportOn(
  source: ComponentSource<InstallableName>,
  surroundings: Surroundings,
): Promise<ComponentReport> {
  const { name, neededVersion } = source;
  const missing = { name, origin: 'missing' as const, version: undefined, path: undefined, neededVersion };
  try {
    const located = await locate(source, surroundings);
    if (located.found) {
      const { origin, version, path } = located.installation;
      return { name, origin, version, path, neededVersion, problems: [], isInstallable: true, todo: '' };
    }
    const lacking = await lackingInstallers(source, surroundings);
    const isInstallable = lacking.length === 0;
    const todo = isInstallable
      ? `Nothing: the next run installs ${source.installedVersion} into ${surroundings.cacheRoot}; or ${source.howToGetIt}.`
      : `Install ${lacking.join(' and ')}, or ${source.howToGetIt}.`;
    return { ...missing, problems: located.reasons, isInstallable, todo };
  } catch (error) {
    if (!(error instanceof ComponentUnavailable)) throw error;
    return { ...missing, problems: [`${error.what} (${error.where})`], isInstallable: false, todo: error.todo };
  }
}

/** Installers that are neither here nor can be had from Debian by root, with the package that has each. */
async function lackingInstallers(
  source: ComponentSource<InstallableName>,
  { env, isRoot }: Surroundings,
): Promise<readonly string[]> {
  if (isRoot && (await findOnPath('apt-get', env))) return [];
  const lacking: string[] = [];
  for (const { program, debianPackage } of source.installers) {
    if (!(await findOnPath(program, env))) lacking.push(`${program} (Debian: apt-get install ${debianPackage})`);
  }
  return lacking;
}
