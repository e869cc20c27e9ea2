import type { ComponentSource } from './component-source.ts';
import { KAFKA } from './kafka.ts';
import { MONGODB } from './mongodb.ts';
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
};
