import type { ComponentSource } from './component-source.ts';
import { CONNECT } from './connect.ts';
import { ETCD } from './etcd.ts';
import { HAPROXY } from './haproxy.ts';
import type { InstallableName } from './installable-name.ts';
import { KAFKA } from './kafka.ts';
import { LIBFAKETIME } from './libfaketime.ts';
import { MONGODB } from './mongodb.ts';
import { PATRONI } from './patroni.ts';
import { POSTGRES } from './postgres.ts';
import { REDIS } from './redis.ts';
import { TOXIPROXY } from './toxiproxy.ts';

/** Where each of them comes from. */
export const SOURCES: { readonly [N in InstallableName]: ComponentSource<N> } = {
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
