import { pino } from 'pino';
import { expect, test } from 'vitest';
import { redisMasterOf } from '#sut/environment/servers/redis-cluster.ts';
import { startCluster } from '#sut/environment/testing/start-server.ts';
import { RedisDedupe } from './redis-dedupe.ts';

const SLOWEST_ANSWER_MS = 500;
const tags = ['{a}', '{b}', '{c}'] as const;

test('a cluster remembers, stays out of the way while a master is dead, and remembers again without a restart', async () => {
  await using cluster = await startCluster('redis', 6);
  const nodes = cluster.members.map(({ node }) => node);
  const urls = cluster.members.map(({ url }) => url).join(',');
  await using dedupe = new RedisDedupe({
    url: urls,
    service: 'test',
    monotonicMs: Date.now,
    log: pino({ level: 'silent' }),
  });
  const isRemembered = async (id: string): Promise<boolean> => {
    await dedupe.remember(id);
    return dedupe.hasSeen(id);
  };
  for (const tag of tags) await expect.poll(() => isRemembered(`${tag}1`), { timeout: 10_000 }).toBe(true);
  expect(await dedupe.hasSeen('{a}2')).toBe(false);

  const master = await redisMasterOf(nodes, 0, AbortSignal.timeout(5_000));
  await cluster.members.find(({ node }) => node.component === master)?.kill();
  const slowest: number[] = [];
  const timed = async (id: string): Promise<boolean> => {
    const startedAt = performance.now();
    const isThere = await isRemembered(id);
    slowest.push(performance.now() - startedAt);
    return isThere;
  };
  for (const tag of tags) await expect.poll(() => timed(`${tag}3`), { timeout: 20_000 }).toBe(true);
  expect(Math.max(...slowest)).toBeLessThan(SLOWEST_ANSWER_MS);
});
