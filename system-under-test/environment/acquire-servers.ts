import type { ComponentSource } from './components/component-source.ts';
import { ComponentUnavailable } from './components/component-unavailable.ts';
import { ensureAll, type Installations } from './components/ensure-all.ts';
import type { InstallProgress } from './components/install-progress.ts';
import type { InstallableName } from './components/installable-name.ts';
import { locate } from './components/locate.ts';
import type { SOURCES } from './components/sources.ts';
import { currentSurroundings } from './components/surroundings.ts';

export interface AcquireOptions {
  readonly names: readonly InstallableName[];
  readonly sources: typeof SOURCES;
  /** Fail instead of installing what is missing. */
  readonly cacheOnly: boolean;
  readonly onProgress: (progress: InstallProgress) => void;
  readonly signal: AbortSignal;
}

/** Finds the named servers, and installs missing ones unless that is forbidden. Rejects with `ComponentUnavailable`. */
export async function acquireServers(options: AcquireOptions): Promise<Partial<Installations<InstallableName>>> {
  const { names, sources, cacheOnly, onProgress, signal } = options;
  if (cacheOnly) await Promise.all(names.map((name) => assertPresent(name, sources[name])));
  return ensureAll(names, { sources, onProgress, signal });
}

async function assertPresent(name: InstallableName, source: ComponentSource<InstallableName>): Promise<void> {
  const surroundings = currentSurroundings();
  const located = await locate(source, surroundings);
  if (located.found) return;
  throw new ComponentUnavailable({
    component: name,
    what: `it is not installed, and nothing may be installed: ${located.reasons.join('; ')}`,
    where: surroundings.cacheRoot,
    todo: `Run "chaos doctor --install" with the same --topology and --publisher, or: ${source.howToGetIt}.`,
  });
}
