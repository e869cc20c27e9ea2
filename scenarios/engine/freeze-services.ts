import { declarationOf } from '#sut/contract/components.ts';
import type { Environment, HealAction } from '#sut/contract/environment.ts';
import { eventually } from '../timing/eventually.ts';
import { applyHeal } from './apply-heal.ts';
import { reasonOf } from './reason-of.ts';
import { observeActivity } from './stores/observe-activity.ts';
import type { Stores } from './stores/stores.ts';

const LEDGER_ID = 'freeze-for-harvest';
const BOUND_MS = 10_000;
const LEASE_MS = 120_000;

/**
 * Stops every running service in its tracks, so that a system that has not come to rest can be read as of one moment: else
 * an outbox read before its topic makes ghosts of what was written in between. Servers and witnesses go on answering. Resolves
 * once what was under way in them has settled; dispose lets the services go on.
 */
export async function freezeServices(
  environment: Environment,
  stores: Stores,
  signal: AbortSignal,
): Promise<AsyncDisposable> {
  const running = (await environment.status()).filter(({ state }) => state === 'running').map(({ name }) => name);
  const services = environment.components.filter(
    (name) => declarationOf(name).kind === 'service' && running.includes(name),
  );
  const heal = services.map((component): HealAction => ({ kind: 'resume', component }));
  await environment.ledger.begin({ id: LEDGER_ID, kind: 'pause', heal, leaseMs: LEASE_MS });
  const thaw = async (): Promise<void> => {
    for (const action of heal) await applyHeal(environment, action, AbortSignal.timeout(BOUND_MS));
    await environment.ledger.end(LEDGER_ID);
  };
  try {
    await Promise.all(services.map((service) => environment.perform(service, 'pause', signal)));
    await settled(environment, stores, signal);
  } catch (error) {
    await thaw();
    throw error;
  }
  return { [Symbol.asyncDispose]: thaw };
}

/** Two equal looks: what the services had sent before they were stopped has been worked off. */
async function settled(environment: Environment, stores: Stores, signal: AbortSignal): Promise<void> {
  let last = '';
  await eventually(
    'the stores have settled',
    async () => {
      // A server that is away is seen the same way each time, and the rest is worth reading.
      const now = await observeActivity(stores, environment, signal).then(JSON.stringify, reasonOf);
      const isSame = now === last;
      last = now;
      return isSame ? { seen: true } : { missing: now };
    },
    { timeoutMs: BOUND_MS, intervalMs: 200, signal },
  );
}
