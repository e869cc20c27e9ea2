import { Redis } from 'ioredis';
import { expect, test } from 'vitest';
import { startServer } from '../testing/start-server.ts';
import { flushRedis } from './provision-databases.ts';

test('Redis serves, is flushed by a reset, and comes back empty after kill -9', async () => {
  await using server = await startServer('redis');
  const redis = new Redis(server.port, '127.0.0.1', { lazyConnect: true, retryStrategy: () => 20 });
  redis.on('error', () => {});
  try {
    await redis.connect();
    await redis.set('seen', '1');
    await flushRedis(server.port, AbortSignal.timeout(5_000));
    expect(await redis.get('seen')).toBeNull();
    await redis.set('seen', '2');
    await server.restart();
    expect(await redis.get('seen')).toBeNull();
  } finally {
    redis.disconnect();
  }
});
