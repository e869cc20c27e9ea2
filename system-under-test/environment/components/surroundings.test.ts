import { expect, test } from 'vitest';
import { cacheRootFor } from './surroundings.ts';

test.each([
  [{ CHAOS_CACHE_DIR: '/somewhere', XDG_CACHE_HOME: '/x' }, true, '/somewhere'],
  [{ XDG_CACHE_HOME: '/x' }, true, '/var/cache/chaos'],
  [{ XDG_CACHE_HOME: '/x' }, false, '/x/chaos'],
  [{ XDG_CACHE_HOME: '' }, false, '/home/me/.cache/chaos'],
  [{}, false, '/home/me/.cache/chaos'],
])('with %j and root %j the cache is %s', (env, isRoot, expected) => {
  expect(cacheRootFor(env, isRoot, '/home/me')).toBe(expected);
});
