import type { Engine } from '../../contract/components.ts';
import { POSTGRES_USER, REPLICA_SET } from '../../contract/stores.ts';

/**
 * What a client of an engine is told, for the ports that it may connect to (all members of a cluster; the clients of
 * Kafka, MongoDB and Redis learn from any of them who the others are). Kafka: `host:port,…`; Redis: `redis://…,…`, a
 * cluster when there is more than one; else a URL, with the database where there are any.
 */
export function entryAddress(engine: Engine, ports: readonly number[], database = ''): string {
  const hosts = ports.map((port) => `127.0.0.1:${port}`);
  switch (engine) {
    case 'kafka':
      return hosts.join(',');
    case 'postgres':
      return `postgres://${POSTGRES_USER}@${hosts[0]}/${database || 'postgres'}`;
    case 'mongodb':
      return `mongodb://${hosts.join(',')}/${database}?replicaSet=${REPLICA_SET}`;
    case 'redis':
      return hosts.map((host) => `redis://${host}`).join(',');
  }
}
