import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { FaultEvent } from '#invariants/history/event.ts';
import type { Environment } from '#sut/contract/environment.ts';
import { Recorder } from '../engine/recorder.ts';
import type { RunEvents } from '../engine/run-events.ts';
import { Stores } from '../engine/stores/stores.ts';
import { ExplainedError } from '../model/explained-error.ts';
import { judgeRecovery, type Objective, samplesOf } from './judge-recovery.ts';
import type { RecoveryResult, Trial } from './recovery-result.ts';
import { runTrial } from './run-trial.ts';
import { seedStock } from './seed-stock.ts';
import { seededRandom } from './seeded-random.ts';
import { distributionOf } from './statistics.ts';
import type { RecoveryPlan, TrialContext } from './trial-context.ts';

const RESET_BOUND_MS = 60_000;

export interface RecoveryOptions {
  readonly plan: RecoveryPlan;
  readonly environment: Environment;
  /** Gets `history.ndjson`: every phase of every fault with its evidence. */
  readonly runDir: string;
  /** Name of the measurement; begins every key that it writes. */
  readonly runKey: string;
  readonly objective?: Objective;
  readonly events: RunEvents;
  readonly onTrial: (trial: Trial) => void;
  readonly signal: AbortSignal;
}

/** An earlier run's fault is still in the environment. */
class EarlierFaultOpen extends ExplainedError {
  constructor(faults: readonly string[]) {
    super({
      what: 'faults of an earlier run are not healed',
      where: faults.join(', '),
      todo: 'end the environment with `chaos down` and start again',
    });
  }
}

/**
 * Measures how long a component's failure lasts for a client, `plan.trials` times. A trial whose fault is not proven to be healed
 * ends the measurement. Rejects when interrupted, and when the environment cannot be prepared or the history written.
 */
export async function measureRecovery(options: RecoveryOptions): Promise<RecoveryResult> {
  const { plan, environment, signal } = options;
  const open = await environment.ledger.open();
  if (open.length > 0) throw new EarlierFaultOpen(open);
  if (environment.isShared) await reset(environment, signal);
  await seedStock(environment, signal);
  const startedAt = new Date().toISOString();
  const trials = await runTrials(options);
  return resultOf({ ...plan, publisher: environment.publisher }, trials, startedAt, options.objective);
}

async function reset(environment: Environment, signal: AbortSignal): Promise<void> {
  try {
    await environment.reset(AbortSignal.any([signal, AbortSignal.timeout(RESET_BOUND_MS)]));
  } catch (error) {
    // A component that is not ready says what it answered, not that nobody waits for it any more.
    signal.throwIfAborted();
    throw error;
  }
}

async function runTrials({ plan, environment, runDir, runKey, events, onTrial, signal }: RecoveryOptions) {
  mkdirSync(runDir, { recursive: true });
  const startMs = performance.now();
  const zeroAtMs = Date.now();
  const now = (): number => performance.now() - startMs;
  const faultEvents: FaultEvent[] = [];
  using history = new Recorder({
    path: join(runDir, 'history.ndjson'),
    now,
    onEvent: (event) => {
      if (event.type === 'fault') faultEvents.push(event);
      events.emit('recorded', event);
    },
  });
  await using stores = new Stores(environment);
  await using session = plan.probe.connect(environment, plan.probe.timeoutMs);
  const context: TrialContext = {
    ...{ plan, environment, stores, session, history, faultEvents, events, now, zeroAtMs, runKey, signal },
  };
  const trials: Trial[] = [];
  while (trials.length < plan.trials) {
    const trial = await runTrial(trials.length + 1, context);
    trials.push(trial);
    onTrial(trial);
    // The ledger keeps a fault whose healing is not proven, be the fault itself proven or not.
    if ((await environment.ledger.open()).length > 0) break;
  }
  return trials;
}

/** Pure: statistics and verdict of the trials. */
export function resultOf(
  plan: RecoveryPlan & Pick<Environment, 'publisher'>,
  trials: readonly Trial[],
  startedAt: string,
  objective: Objective | undefined,
): RecoveryResult {
  const random = seededRandom(plan.seed);
  const isMeasured = samplesOf(trials, 'total').length > 0;
  return {
    kind: 'chaos-recovery',
    formatVersion: 1,
    component: plan.component,
    failure: plan.failure,
    topology: plan.topology,
    publisher: plan.publisher,
    ...(plan.failover === undefined ? {} : { detection: plan.failover.detection }),
    ...(plan.isTakeover ? { isTakeover: true } : {}),
    probe: plan.probe.name,
    downMs: plan.downMs,
    intervalMs: plan.intervalMs,
    startedAt,
    seed: plan.seed,
    trials: [...trials],
    ...(isMeasured
      ? {
          metrics: {
            'first-ack': distributionOf(samplesOf(trials, 'first-ack'), random),
            'throughput-back': distributionOf(samplesOf(trials, 'throughput-back'), random),
            total: distributionOf(samplesOf(trials, 'total'), random),
          },
        }
      : {}),
    ...judgeRecovery(trials, plan.probe.isDurable, objective),
  };
}
