import { cacheFolderOf } from './cache-folder.ts';
import type { Candidate, ComponentSource } from './component-source.ts';
import { ComponentUnavailable } from './component-unavailable.ts';
import type { InstallableName } from './installable-name.ts';
import type { InstallationOf } from './installation.ts';
import type { Surroundings } from './surroundings.ts';

/** What the search for a server came to; `reasons`: what was wrong with every copy that was looked at. */
export type Located<N extends InstallableName> =
  | { readonly found: true; readonly installation: InstallationOf<N> }
  | { readonly found: false; readonly reasons: readonly string[] };

/**
 * The first usable copy: configured, then on PATH, then in the cache. Rejects with `ComponentUnavailable` when the
 * user named a copy that cannot be used (falling back would hide the mistake) or when no copy would help.
 */
export async function locate<N extends InstallableName>(
  source: ComponentSource<N>,
  surroundings: Surroundings,
): Promise<Located<N>> {
  const cached = source.pathInCache(cacheFolderOf(surroundings.cacheRoot, source));
  const candidates: readonly Candidate[] = [
    ...(await source.candidates(surroundings)),
    { origin: 'cache', path: cached },
  ];
  // One copy may be a candidate twice: on PATH, and where its package puts it.
  const reasons = new Set<string>();
  for (const candidate of candidates) {
    const inspection = await source.inspect(candidate, surroundings);
    if (inspection.usable) return { found: true, installation: inspection.installation };
    if (candidate.origin === 'configured' || inspection.remedy !== undefined) {
      throw new ComponentUnavailable({
        component: source.name,
        what: inspection.reason,
        where: inspection.remedy?.where ?? candidate.variable ?? candidate.path,
        todo: inspection.remedy?.todo ?? `Correct or unset ${candidate.variable}; needed is ${source.neededVersion}.`,
      });
    }
    reasons.add(inspection.reason);
  }
  return { found: false, reasons: [...reasons] };
}
