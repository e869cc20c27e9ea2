import type { Environment } from '#sut/contract/environment.ts';
import { ExplainedError } from '../../model/explained-error.ts';
import { isTolerable, type ProbeContext } from '../../model/probe.ts';
import { describeActivity } from '../../model/system-activity.ts';
import type { Client } from '../../model/workload.ts';
import { awaitQuiescence } from '../await-quiescence.ts';
import { driveRequests } from '../drive-requests.ts';
import { recordBypasses } from '../record-bypasses.ts';
import type { RunContext } from '../run-context.ts';
import type { Stores } from '../stores/stores.ts';

const REQUESTS_BOUND_MS = 20_000;
const REST_BOUND_MS = 90_000;

/** Without any fault the system does not do what the scenario takes for granted. */
class NotSteady extends ExplainedError {
  constructor(failures: readonly string[]) {
    super({
      what: `without any fault the system is not in its steady state: ${failures.join('; ')}`,
      todo: "read the services' logs in the bundle",
    });
  }
}

/** Performs the fault-free requests and measures the hypothesis. Rejects with `NotSteady` when it does not hold. */
export async function steadyState(
  environment: Environment,
  stores: Stores,
  client: Client,
  context: RunContext,
): Promise<void> {
  const { plan, scenario, history, signal, counts } = context;
  const before = counts.now();
  await driveRequests(plan.warmUp, { client, stop: signal, giveUp: AbortSignal.timeout(REQUESTS_BOUND_MS), signal });
  signal.throwIfAborted();
  const { activity } = await awaitQuiescence(stores, environment, REST_BOUND_MS, context);
  const after = counts.now();
  const measured: ProbeContext = {
    components: await environment.status(),
    activity,
    operations: { ok: after.ok - before.ok, fail: after.fail - before.fail, info: after.info - before.info },
  };
  const failures: string[] = [];
  for (const probe of scenario.hypothesis) {
    const value = probe.measure(measured);
    const holds = isTolerable(value, probe.tolerance);
    history.record({
      type: 'observation',
      kind: 'probe',
      values: { probe: probe.name, value, holds, ...probe.tolerance },
    });
    if (!holds) failures.push(`${probe.name} is ${value}, allowed ${JSON.stringify(probe.tolerance)}`);
  }
  await recordBypasses(environment, history);
  if (failures.length > 0) throw new NotSteady([...failures, describeActivity(activity)]);
}
