import { Redis } from 'ioredis';

const TIMEOUT_MS = 1_500;

/** How many keys the node on this port holds, and how often it was flushed since it started. Rejects when it does not answer. */
export async function redisKeys(port: number): Promise<{ readonly keys: number; readonly flushes: number }> {
  const redis = new Redis({
    host: '127.0.0.1',
    port,
    ...{ connectTimeout: TIMEOUT_MS, commandTimeout: TIMEOUT_MS },
    ...{ lazyConnect: true, maxRetriesPerRequest: 0, retryStrategy: () => null },
  });
  // Reported by the command that fails.
  redis.on('error', () => undefined);
  try {
    await redis.connect();
    const [keys, statistics] = await Promise.all([redis.dbsize(), redis.info('commandstats')]);
    return { keys, flushes: flushesIn(statistics) };
  } finally {
    redis.disconnect();
  }
}

/** Calls of FLUSHALL that were carried out, from `INFO commandstats`: a replica refuses it. */
export function flushesIn(statistics: string): number {
  const line = /^cmdstat_flushall:(.*)$/m.exec(statistics)?.[1] ?? '';
  const figure = (name: string): number => Number(new RegExp(`(?:^|,)${name}=(\\d+)`).exec(line)?.[1] ?? 0);
  return figure('calls') - figure('failed_calls');
}
