import type { Publisher, Topology } from '../../contract/components.ts';
import type { ComponentSource } from './component-source.ts';
import { CONNECT } from './connect.ts';
import { ETCD } from './etcd.ts';
import { HAPROXY } from './haproxy.ts';
import type { InstallableName } from './installable-name.ts';
import { KAFKA } from './kafka.ts';
import { LIBFAKETIME } from './libfaketime.ts';
import { MONGODB } from './mongodb.ts';
import { PATRONI } from './patroni.ts';
import { POSTGRES, POSTGRES_WITH_FAILOVER_SLOTS } from './postgres.ts';
import { REDIS } from './redis.ts';
import { TOXIPROXY } from './toxiproxy.ts';

type Sources = { readonly [N in InstallableName]: ComponentSource<N> };

/** Where each of them comes from. */
export const SOURCES: Sources = {
  kafka: KAFKA,
  postgres: POSTGRES,
  mongodb: MONGODB,
  redis: REDIS,
  toxiproxy: TOXIPROXY,
  etcd: ETCD,
  patroni: PATRONI,
  haproxy: HAPROXY,
  connect: CONNECT,
  libfaketime: LIBFAKETIME,
};

/** Where each comes from in such an environment. A reader of a cluster's log may not be shown what a failover takes back (docs/adr/0013). */
export function sourcesFor(topology: Topology | undefined, publisher: Publisher | undefined): Sources {
  const isReadThroughFailovers = topology === 'cluster' && publisher === 'debezium';
  return isReadThroughFailovers ? { ...SOURCES, postgres: POSTGRES_WITH_FAILOVER_SLOTS } : SOURCES;
}
