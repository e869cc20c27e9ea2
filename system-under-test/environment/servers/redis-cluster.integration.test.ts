import { Cluster } from 'ioredis';
import { expect, test } from 'vitest';
import { startCluster } from '../testing/start-server.ts';
import { flushRedis } from './provision-databases.ts';
import { redisMasterOf } from './redis-cluster.ts';

test('six nodes form a cluster whose masters are replaced, and the old one comes back as a replica', async () => {
  await using cluster = await startCluster('redis', 6);
  const { members } = cluster;
  const nodes = members.map(({ node }) => node);
  const startup = members.map(({ port }) => ({ host: '127.0.0.1', port }));
  const redis = new Cluster(startup, { redisOptions: { commandTimeout: 500 }, clusterRetryStrategy: () => 50 });
  redis.on('error', () => {});
  try {
    // {…} alone decides the slot: three keys, one for each third of the slots.
    for (const key of ['{a}', '{b}', '{c}']) await redis.set(key, '1');
    const slot = Number(await redis.cluster('KEYSLOT', '{a}'));
    const before = await redisMasterOf(nodes, slot, AbortSignal.timeout(5_000));
    const victim = members.find(({ node }) => node.component === before);
    await victim?.kill();
    await expect
      .poll(() => redis.set('{a}', '2').catch((error: Error) => error.message), { timeout: 15_000 })
      .toBe('OK');
    const after = await redisMasterOf(nodes, slot, AbortSignal.timeout(5_000));
    expect(after).not.toBe(before);
    await victim?.restart();
    expect(await redisMasterOf(nodes, slot, AbortSignal.timeout(5_000))).toBe(after);
    await flushRedis(
      members.map(({ port }) => port),
      AbortSignal.timeout(5_000),
    );
    expect(await redis.get('{b}')).toBeNull();
  } finally {
    redis.disconnect();
  }
});
