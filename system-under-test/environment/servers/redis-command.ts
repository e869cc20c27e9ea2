import { Redis } from 'ioredis';

const TIMEOUT_MS = 2_000;

/** One command on a connection of its own to this very node; bounded to seconds. Rejects with what the node answered. */
export async function redisCommand(
  port: number,
  [command, ...args]: readonly [string, ...(string | number)[]],
  signal: AbortSignal,
): Promise<string> {
  signal.throwIfAborted();
  const redis = new Redis({
    ...{ host: '127.0.0.1', port, lazyConnect: true },
    ...{ connectTimeout: TIMEOUT_MS, commandTimeout: TIMEOUT_MS, maxRetriesPerRequest: 0 },
    enableReadyCheck: false,
    retryStrategy: () => null,
  });
  // The command that fails reports it.
  redis.on('error', () => undefined);
  try {
    await redis.connect();
    return String(await redis.call(command, args));
  } finally {
    redis.disconnect();
  }
}
