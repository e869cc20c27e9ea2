import type { Scenario } from '../model/scenario.ts';
import { sagaRecovery } from './saga-recovery.ts';

/** Every scenario that can be run by name. */
export const SCENARIOS: readonly Scenario[] = [sagaRecovery];
