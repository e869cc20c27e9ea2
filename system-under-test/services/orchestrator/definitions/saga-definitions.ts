import type { SagaDefinition } from '../domain/saga-definition.ts';
import { orderSaga } from './order-saga.ts';
import { paymentSaga } from './payment-saga.ts';

/** Every saga that this orchestrator runs. */
export const SAGA_DEFINITIONS: readonly SagaDefinition[] = [orderSaga, paymentSaga];
