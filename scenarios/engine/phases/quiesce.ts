import type { Environment } from '#sut/contract/environment.ts';
import { describeActivity } from '../../model/system-activity.ts';
import { awaitQuiescence, type Waited } from '../await-quiescence.ts';
import { recordBypasses } from '../record-bypasses.ts';
import type { RunContext } from '../run-context.ts';
import type { Stores } from '../stores/stores.ts';

const BOUND_MS = 150_000;

/**
 * Waits until the system has come to rest. One that does not is harvested and judged as it stands: it may be found wrong, but not to
 * hold. The observation `stuck` names what is outstanding. Resolves to how the wait ended.
 */
export async function quiesce(environment: Environment, stores: Stores, context: RunContext): Promise<Waited> {
  const waited = await awaitQuiescence(stores, environment, BOUND_MS, context);
  const { reason, activity } = waited;
  if (reason !== 'quiescent') {
    const values = { reason, summary: describeActivity(activity), ...activity };
    context.history.record({ type: 'observation', kind: 'stuck', values });
  }
  await recordBypasses(environment, context.history);
  return waited;
}
