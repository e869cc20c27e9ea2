import type { Scenario } from '../model/scenario.ts';
import { brokerFailover } from './broker-failover.ts';
import { cacheLoss } from './cache-loss.ts';
import { clockAndDisk } from './clock-and-disk.ts';
import { databaseFailover } from './database-failover.ts';
import { everything } from './everything.ts';
import { orchestratorTakeover } from './orchestrator-takeover.ts';
import { outboxExactlyOnce } from './outbox-exactly-once.ts';
import { paymentSaga } from './payment-saga.ts';
import { replicaSetFailover } from './replica-set-failover.ts';
import { sagaRecovery } from './saga-recovery.ts';
import { splitBrainScenario } from './split-brain.ts';

/** Every scenario that can be run by name. */
export const SCENARIOS: readonly Scenario[] = [
  ...[sagaRecovery, outboxExactlyOnce, paymentSaga, orchestratorTakeover],
  ...[databaseFailover, replicaSetFailover, brokerFailover, cacheLoss, splitBrainScenario, clockAndDisk, everything],
];
