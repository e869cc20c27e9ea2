import { Cluster } from 'ioredis';
import type { RecoveryProbe } from '../recovery-probe.ts';

const EXPIRY_S = 600;
const RETRY_MS = 20;
/** Every key is in slot 0: what stands in braces alone decides. */
const IN_SLOT_0 = '{06S}';

/** `SET` of keys of one slot, whose master is the one that fails; a cluster's client finds the new one by itself. */
export const redisClusterSet: RecoveryProbe = {
  name: 'redis-cluster-set',
  summary: 'SET of keys of slot 0 through a cluster client, read back with EXISTS; no service depends on it',
  intervalMs: 5,
  maxOpen: 100,
  timeoutMs: 500,
  isDurable: false,
  leavesBacklog: false,
  led: { kind: 'slot', slot: 0 },
  connect(environment, timeoutMs) {
    const nodes = environment.entryPorts('redis').map((port) => ({ host: '127.0.0.1', port }));
    const cluster = new Cluster(nodes, {
      redisOptions: { commandTimeout: timeoutMs, connectTimeout: timeoutMs, maxRetriesPerRequest: 0 },
      enableOfflineQueue: false,
      clusterRetryStrategy: () => RETRY_MS,
      maxRedirections: 3,
      retryDelayOnFailover: RETRY_MS,
      retryDelayOnClusterDown: RETRY_MS,
      slotsRefreshTimeout: 1_000,
    });
    // A lost connection is reported by the commands that fail.
    cluster.on('error', () => undefined);
    return {
      async write(key, signal) {
        signal.throwIfAborted();
        const placed = `${IN_SLOT_0}${key}`;
        await cluster.set(placed, '1', 'EX', EXPIRY_S);
        return placed;
      },
      isStored: async (id) => (await cluster.exists(id)) === 1,
      [Symbol.asyncDispose]: async () => cluster.disconnect(),
    };
  },
};
