import type { Scenario } from '../model/scenario.ts';
import { orchestratorTakeover } from './orchestrator-takeover.ts';
import { outboxExactlyOnce } from './outbox-exactly-once.ts';
import { paymentSaga } from './payment-saga.ts';
import { sagaRecovery } from './saga-recovery.ts';

/** Every scenario that can be run by name. */
export const SCENARIOS: readonly Scenario[] = [sagaRecovery, outboxExactlyOnce, paymentSaga, orchestratorTakeover];
