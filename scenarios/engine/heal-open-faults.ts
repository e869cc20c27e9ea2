import type { Environment } from '#sut/contract/environment.ts';
import { faultNamed } from '../faults/catalog.ts';
import type { ScheduledFault } from '../model/fault-schedule.ts';
import { applyHeal } from './apply-heal.ts';
import { reasonOf } from './reason-of.ts';

type Step = Pick<ScheduledFault, 'id' | 'fault' | 'params'>;

/**
 * Undoes what steps left behind in the ledger, because their own healing failed or could not be proven. Resolves to what still cannot be
 * undone, and stays in the ledger.
 */
export async function healOpenFaults(
  steps: readonly Step[],
  environment: Environment,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const open = await environment.ledger.open();
  const unhealed: string[] = [];
  for (const { id, fault: name, params } of steps.filter((step) => open.includes(step.id))) {
    const fault = faultNamed(name);
    try {
      for (const action of fault.heal(fault.parse(params))) await applyHeal(environment, action, signal);
      await environment.ledger.end(id);
    } catch (error) {
      // The others are undone all the same.
      unhealed.push(`${id} ${name}: ${reasonOf(error)}`);
    }
  }
  return unhealed;
}
