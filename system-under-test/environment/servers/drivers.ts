import type { ServerName } from '../components/server-name.ts';
import { CONNECT_SERVER } from './connect.ts';
import { ETCD_SERVER } from './etcd.ts';
import { HAPROXY_SERVER } from './haproxy.ts';
import { KAFKA_SERVER } from './kafka.ts';
import { MONGODB_SERVER } from './mongodb.ts';
import { PATRONI_SERVER } from './patroni.ts';
import { POSTGRES_SERVER } from './postgres.ts';
import { REDIS_SERVER } from './redis.ts';
import type { ServerDriver } from './server-driver.ts';
import { TOXIPROXY_SERVER } from './toxiproxy.ts';

/** How each server is run. */
export const DRIVERS: { readonly [N in ServerName]: ServerDriver<N> } = {
  kafka: KAFKA_SERVER,
  postgres: POSTGRES_SERVER,
  mongodb: MONGODB_SERVER,
  redis: REDIS_SERVER,
  toxiproxy: TOXIPROXY_SERVER,
  etcd: ETCD_SERVER,
  patroni: PATRONI_SERVER,
  haproxy: HAPROXY_SERVER,
  connect: CONNECT_SERVER,
};
