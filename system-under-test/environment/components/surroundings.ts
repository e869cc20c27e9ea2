import { homedir } from 'node:os';
import { join } from 'node:path';

/** What the search for servers depends on, passed in so that tests can choose it. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cacheRoot: string;
  readonly isRoot: boolean;
}

export function currentSurroundings(env: Surroundings['env'] = process.env): Surroundings {
  const isRoot = process.getuid?.() === 0;
  return { env, isRoot, cacheRoot: cacheRootFor(env, isRoot, homedir()) };
}

/**
 * Folder of the cache. Root's cache lies outside its home: servers that refuse to run as root (PostgreSQL) run
 * under another user, who may not search /root.
 */
export function cacheRootFor(env: Surroundings['env'], isRoot: boolean, home: string): string {
  if (env.CHAOS_CACHE_DIR) return env.CHAOS_CACHE_DIR;
  if (isRoot) return '/var/cache/chaos';
  return join(env.XDG_CACHE_HOME || join(home, '.cache'), 'chaos');
}
