import { Cluster, Redis } from 'ioredis';

/** Bound of one command on one connection: a cache that is slower than the inbox is of no use. */
export const COMMAND_TIMEOUT_MS = 50;

/**
 * Settings of every connection to Redis, with their reasons.
 *
 * It is a cache: a command fails at once instead of waiting in a queue for a connection (`enableOfflineQueue`,
 * `maxRetriesPerRequest`), and the connection is tried again for ever, soon. In a cluster a command that meets a moved
 * slot or a dead master is sent again once (`maxRedirections`), by which time the client has asked who the masters are
 * now; it asks anyway every few seconds, so that a failover is noticed without traffic.
 *
 * `urls`: one server, or members of a cluster separated by commas, any of which tells of the others.
 */
export function openRedis(urls: string): Redis | Cluster {
  const [first = '', ...others] = urls.split(',');
  const node = {
    connectTimeout: 1_000,
    commandTimeout: COMMAND_TIMEOUT_MS,
    maxRetriesPerRequest: 0,
  };
  const retryDelayMs = (attempt: number): number => Math.min(attempt * 50, 500);
  if (others.length === 0) return new Redis(first, { ...node, enableOfflineQueue: false, retryStrategy: retryDelayMs });
  return new Cluster([first, ...others], {
    redisOptions: node,
    enableOfflineQueue: false,
    clusterRetryStrategy: retryDelayMs,
    maxRedirections: 1,
    retryDelayOnFailover: 20,
    retryDelayOnClusterDown: 20,
    slotsRefreshTimeout: 1_000,
    slotsRefreshInterval: 3_000,
  });
}
