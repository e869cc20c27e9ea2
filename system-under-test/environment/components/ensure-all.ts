import type { ComponentSource } from './component-source.ts';
import { ensure } from './ensure.ts';
import type { InstallProgress } from './install-progress.ts';
import type { InstallableName } from './installable-name.ts';
import type { InstallationOf } from './installation.ts';
import { SOURCES } from './sources.ts';
import { currentSurroundings, type Surroundings } from './surroundings.ts';

export interface EnsureOptions {
  readonly onProgress?: (progress: InstallProgress) => void;
  readonly signal?: AbortSignal;
  readonly surroundings?: Surroundings;
  /** See `sourcesFor`. */
  readonly sources?: typeof SOURCES;
}

/** One installation for each name asked for. */
export type Installations<N extends InstallableName> = { readonly [K in N]: InstallationOf<K> };

/**
 * Finds the named servers and installs those that are missing, all in parallel. When one cannot be had the others
 * are stopped and its `ComponentUnavailable` is thrown; nothing is still running then.
 */
export async function ensureAll<const N extends InstallableName>(
  names: readonly N[],
  options: EnsureOptions = {},
): Promise<Installations<N>> {
  const failed = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, failed.signal]) : failed.signal;
  const surroundings = options.surroundings ?? currentSurroundings();
  const onProgress = options.onProgress ?? (() => {});
  const found = new Map<InstallableName, InstallationOf<InstallableName>>();
  const find = async (name: InstallableName): Promise<void> => {
    const source: ComponentSource<InstallableName> = (options.sources ?? SOURCES)[name];
    try {
      found.set(name, await ensure(source, { surroundings, signal, onProgress }));
    } catch (error) {
      failed.abort(error);
    }
  };
  await Promise.all(names.map((name) => find(name)));
  // The first failure is the cause; the others only report that they were stopped.
  failed.signal.throwIfAborted();
  return Object.fromEntries(found) as Installations<N>;
}
