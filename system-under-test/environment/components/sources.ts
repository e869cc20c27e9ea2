import type { ComponentSource } from './component-source.ts';
import { CONNECT } from './connect.ts';
import { ETCD } from './etcd.ts';
import { HAPROXY } from './haproxy.ts';
import { KAFKA } from './kafka.ts';
import { MONGODB } from './mongodb.ts';
import { PATRONI } from './patroni.ts';
import { POSTGRES } from './postgres.ts';
import { REDIS } from './redis.ts';
import type { ServerName } from './server-name.ts';
import { TOXIPROXY } from './toxiproxy.ts';

/** Where each server comes from. */
export const SOURCES: { readonly [N in ServerName]: ComponentSource<N> } = {
  kafka: KAFKA,
  postgres: POSTGRES,
  mongodb: MONGODB,
  redis: REDIS,
  toxiproxy: TOXIPROXY,
  etcd: ETCD,
  patroni: PATRONI,
  haproxy: HAPROXY,
  connect: CONNECT,
};
