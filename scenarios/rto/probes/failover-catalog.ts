import type { Engine } from '#sut/contract/components.ts';
import type { RecoveryProbe } from '../recovery-probe.ts';
import { createProduct } from './create-product.ts';
import { createUser } from './create-user.ts';
import { redisClusterSet } from './redis-cluster-set.ts';
import { topicAppend } from './topic-append.ts';

/**
 * For each engine the write that cannot succeed while nobody leads. As many may be open as are begun until the first is
 * given up: a client that holds its writes back sees the end of an outage late.
 */
export const FAILOVER_PROBES: Readonly<Record<Engine, RecoveryProbe>> = {
  // No order: two cores with a whole cluster on them take minutes to drain what even 20 sagas a second leave behind.
  postgres: { ...createUser, maxOpen: 60 },
  mongodb: { ...createProduct, maxOpen: 100 },
  kafka: topicAppend,
  redis: redisClusterSet,
};
