import type { Topology } from '#sut/contract/components.ts';
import type { Environment } from '#sut/contract/environment.ts';
import { describeActivity } from '../../model/system-activity.ts';
import { awaitQuiescence } from '../await-quiescence.ts';
import { recordBypasses } from '../record-bypasses.ts';
import type { RunContext } from '../run-context.ts';
import type { Stores } from '../stores/stores.ts';

/** A saga waits up to 20 s before it asks again, 60 s on a cluster: longer than that nothing moves only when nothing will. */
const STUCK_AFTER_MS: Readonly<Record<Topology, number>> = { compact: 30_000, cluster: 75_000 };
const BOUND_MS = 150_000;

/**
 * Waits until the system has come to rest. One that does not is harvested and judged as it stands: it may be found wrong, but not to
 * hold. The observation `stuck` names what is outstanding. Resolves to whether it came to rest.
 */
export async function quiesce(environment: Environment, stores: Stores, context: RunContext): Promise<boolean> {
  const bounds = { stuckAfterMs: STUCK_AFTER_MS[environment.topology], boundMs: BOUND_MS };
  const { reason, activity } = await awaitQuiescence(stores, environment, bounds, context);
  if (reason !== 'quiescent') {
    const values = { reason, summary: describeActivity(activity), ...activity };
    context.history.record({ type: 'observation', kind: 'stuck', values });
  }
  await recordBypasses(environment, context.history);
  return reason === 'quiescent';
}
