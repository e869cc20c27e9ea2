import type { Environment } from '#sut/contract/environment.ts';
import type { SpanSink } from '../model/span-sink.ts';
import { describeActivity } from '../model/system-activity.ts';
import type { BundleWriter } from './bundle/bundle-writer.ts';
import { freezeServices } from './freeze-services.ts';
import { readHarvest } from './harvest/read-harvest.ts';
import { inPhase, PhaseFailed } from './in-phase.ts';
import { heal, NotHealed } from './phases/heal.ts';
import { quiesce } from './phases/quiesce.ts';
import { steadyState } from './phases/steady-state.ts';
import { storm } from './phases/storm.ts';
import type { RunContext } from './run-context.ts';
import { Stores } from './stores/stores.ts';
import { StormTraffic } from './storm-traffic.ts';

/** How long clients go on asking after the system is healed. */
const STRAGGLERS_MS = 15_000;
const CLOSING_MS = 15_000;
/**
 * What cannot be read makes the whole run inconclusive, and nobody asks again. Rows, and the topics that are decoded beside them, are
 * many: on a busy machine five seconds were too few.
 */
const HARVEST_TIMEOUT_MS = 20_000;

/**
 * The phases between provisioning and teardown. Healing follows the storm whatever happened; a system that does not heal is still
 * harvested and judged. Rejects with `PhaseFailed`, or `HistoryWriteFailed` when nothing can be recorded any more.
 */
export async function runExperiment(
  environment: Environment,
  bundle: BundleWriter,
  spans: SpanSink,
  context: RunContext,
): Promise<void> {
  const { scenario, plan, history, signal } = context;
  await using stores = new Stores(environment);
  await using client = scenario.workload.connect(environment, history, spans);
  await inPhase(history, 'steady-state', () => steadyState(environment, stores, client, context));
  await using traffic = new StormTraffic(client, context);
  try {
    await inPhase(history, 'storm', () => storm(environment, traffic, context));
  } finally {
    await healThenSettle(environment, traffic, context);
  }
  if (signal.aborted) return;
  const { reason, activity } = await inPhase(history, 'quiesce', () => quiesce(environment, stores, context));
  await inPhase(history, 'harvest', async () => {
    await using _frozen = reason === 'quiescent' ? undefined : await freezeServices(environment, stores, signal);
    await using patient = new Stores(environment, HARVEST_TIMEOUT_MS);
    const harvest = await readHarvest(patient, environment, plan.products, signal);
    const stillAtWork = reason === 'still-draining' ? { stillAtWork: describeActivity(activity) } : {};
    bundle.writeHarvest({ ...harvest, ...stillAtWork });
  });
}

async function healThenSettle(environment: Environment, traffic: StormTraffic, context: RunContext): Promise<void> {
  try {
    await inPhase(context.history, 'heal', async () => {
      await heal(environment, context);
      await traffic.settle(STRAGGLERS_MS);
      await traffic.close(CLOSING_MS);
    });
  } catch (error) {
    // A service that does not come back may be the very bug that is looked for: the final state will tell.
    if (!(error instanceof PhaseFailed && error.cause instanceof NotHealed)) throw error;
    await traffic.settle(0);
  }
}
