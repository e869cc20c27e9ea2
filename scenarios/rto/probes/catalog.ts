import type { ComponentName } from '#sut/contract/components.ts';
import type { RecoveryProbe } from '../recovery-probe.ts';
import { createProduct } from './create-product.ts';
import { customerNotified } from './customer-notified.ts';
import { paymentSettled } from './payment-settled.ts';
import { placeOrder } from './place-order.ts';
import { redisSet } from './redis-set.ts';
import { sagaStarted } from './saga-started.ts';

/** For each component the write that cannot succeed without it. */
export const PROBES: Readonly<Partial<Record<ComponentName, RecoveryProbe>>> = {
  postgres: placeOrder,
  order: placeOrder,
  gateway: placeOrder,
  mongodb: createProduct,
  inventory: createProduct,
  kafka: sagaStarted,
  orchestrator: sagaStarted,
  payment: paymentSettled,
  notification: customerNotified,
  redis: redisSet,
};
