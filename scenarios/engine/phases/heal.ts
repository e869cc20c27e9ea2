import type { Environment } from '#sut/contract/environment.ts';
import { healOpenFaults } from '../heal-open-faults.ts';
import { reasonOf } from '../reason-of.ts';
import type { RunContext } from '../run-context.ts';

const BOUND_MS = 45_000;

/** After everything was undone the system is not whole. */
export class NotHealed extends Error {
  constructor(wounds: readonly string[]) {
    super(`not healed: ${wounds.join('; ')}`);
    this.name = 'NotHealed';
  }
}

/**
 * Undoes every fault that the ledger still holds, then sees for itself that the system is whole. Rejects with `NotHealed`. After an
 * interrupt nobody waits for that, and an environment that is about to be torn down is left to its teardown.
 */
export async function heal(environment: Environment, context: RunContext): Promise<void> {
  const bound = AbortSignal.timeout(BOUND_MS);
  const unhealed =
    !context.signal.aborted || environment.isShared
      ? await healOpenFaults(context.plan.schedule.steps, environment, bound)
      : [];
  if (context.signal.aborted) return;
  const wounds = [...unhealed, ...(await woundsOf(environment, AbortSignal.any([context.signal, bound])))];
  if (wounds.length > 0 && !context.signal.aborted) throw new NotHealed(wounds);
}

async function woundsOf(environment: Environment, signal: AbortSignal): Promise<readonly string[]> {
  const ready = await Promise.allSettled(environment.components.map((name) => environment.whenReady(name, signal)));
  const components = await environment.status();
  const links = await Promise.all(environment.links.map(({ name }) => environment.linkStatus(name)));
  return [
    ...ready.flatMap((one, index) =>
      one.status === 'rejected' ? [`${environment.components[index]}: ${reasonOf(one.reason)}`] : [],
    ),
    ...components.filter(({ state }) => state !== 'running').map(({ name, state }) => `${name} is ${state}`),
    ...links
      .filter(({ enabled, toxics }) => !enabled || toxics.length > 0)
      .map(({ link, enabled, toxics }) => `${link} ${enabled ? `has ${toxics.join(', ')}` : 'is cut'}`),
  ];
}
