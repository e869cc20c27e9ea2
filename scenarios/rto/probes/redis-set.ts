import { Redis } from 'ioredis';
import type { RecoveryProbe } from '../recovery-probe.ts';

const EXPIRY_S = 600;
const RECONNECT_MS = 20;

/**
 * `SET` at the server itself. No service depends on Redis (it is a cache in front of the inbox), so no path through a
 * service could tell that it is away; it keeps nothing on disk, so what is missing afterwards is shown and not judged.
 */
export const redisSet: RecoveryProbe = {
  name: 'redis-set',
  summary: 'SET at the server itself, read back with EXISTS; no service depends on it',
  intervalMs: 5,
  maxOpen: 16,
  timeoutMs: 500,
  isDurable: false,
  leavesBacklog: false,
  connect(environment, timeoutMs) {
    const redis = new Redis({
      host: '127.0.0.1',
      port: environment.port('redis'),
      commandTimeout: timeoutMs,
      connectTimeout: timeoutMs,
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      retryStrategy: () => RECONNECT_MS,
    });
    // A lost connection is reported by the commands that fail.
    redis.on('error', () => undefined);
    return {
      async write(key, signal) {
        signal.throwIfAborted();
        await redis.set(key, '1', 'EX', EXPIRY_S);
        return key;
      },
      isStored: async (id) => (await redis.exists(id)) === 1,
      [Symbol.asyncDispose]: async () => redis.disconnect(),
    };
  },
};
