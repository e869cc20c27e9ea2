import type { Scenario } from '../model/scenario.ts';
import { orchestratorTakeover } from './orchestrator-takeover.ts';
import { paymentSaga } from './payment-saga.ts';
import { sagaRecovery } from './saga-recovery.ts';

/** Every scenario that can be run by name. */
export const SCENARIOS: readonly Scenario[] = [sagaRecovery, paymentSaga, orchestratorTakeover];
