import type { ComponentName, Engine } from '#sut/contract/components.ts';
import type { PublicService } from '#sut/contract/endpoints/catalog.ts';
import type { RecoveryProbe } from '../recovery-probe.ts';
import { createProduct } from './create-product.ts';
import { createUser } from './create-user.ts';
import { customerNotified } from './customer-notified.ts';
import { eventStored } from './event-stored.ts';
import { grantPoints } from './grant-points.ts';
import { paymentSettled } from './payment-settled.ts';
import { placeOrder } from './place-order.ts';
import { redisSet } from './redis-set.ts';
import { sagaStarted } from './saga-started.ts';

/** For each server of the compact topology and each service the write that cannot succeed without it. */
const MEASURED = {
  postgres: placeOrder,
  order: placeOrder,
  gateway: placeOrder,
  user: createUser,
  mongodb: createProduct,
  inventory: createProduct,
  wallet: grantPoints,
  kafka: sagaStarted,
  orchestrator: sagaStarted,
  payment: paymentSettled,
  notification: customerNotified,
  'event-store': eventStored,
  redis: redisSet,
} satisfies Record<Engine | PublicService | 'gateway', RecoveryProbe>;

export const PROBES: Readonly<Partial<Record<ComponentName, RecoveryProbe>>> = MEASURED;
