import { expect, test } from 'vitest';
import { asUnavailable } from './as-unavailable.ts';
import { InstallerFailed } from './installer-failed.ts';
import { REDIS } from './redis.ts';

const seen = (error: unknown) => asUnavailable(error, REDIS, '/cache/redis-install.log');

test('a user learns what, where and what to do', () => {
  const error = seen(
    new InstallerFailed({ kind: 'network', command: 'apt-get update -q', saying: 'Unable to connect' }),
  );
  expect(error.message).toBe(
    'redis: the package registry cannot be reached: apt-get failed; it said: Unable to connect (log: /cache/redis-install.log). ' +
      'Check the network (or its proxy settings) and try again, or get the server yourself: ' +
      'apt-get install redis-server, or set CHAOS_REDIS_SERVER to a redis-server.',
  );
});

test.each([
  ['ENOSPC', 'the disk is full', 'Free some space'],
  ['EACCES', 'the cache cannot be written', 'CHAOS_CACHE_DIR'],
  ['EROFS', 'the cache cannot be written', 'CHAOS_CACHE_DIR'],
])('our own %s reads like one of an installer', (code, what, todo) => {
  const error = seen(Object.assign(new Error(code), { code, path: '/cache/x' }));
  expect(error).toMatchObject({ what, where: '/cache/x', todo: expect.stringContaining(todo) });
});
