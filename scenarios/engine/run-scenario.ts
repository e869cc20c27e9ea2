import { basename } from 'node:path';
import type { RunRecord } from '#reports/model/run-report.ts';
import type { Environment } from '#sut/contract/environment.ts';
import type { Defect } from '../model/defect.ts';
import type { Plan } from '../model/plan.ts';
import type { Scenario } from '../model/scenario.ts';
import { BundleWriter } from './bundle/bundle-writer.ts';
import { inPhase, PhaseFailed } from './in-phase.ts';
import { type JudgedBundle, judgeBundle } from './judge-bundle.ts';
import { OperationCounts } from './operation-counts.ts';
import { preflight } from './phases/preflight.ts';
import { provision } from './phases/provision.ts';
import { HistoryWriteFailed, Recorder } from './recorder.ts';
import type { RunContext } from './run-context.ts';
import type { RunEvents } from './run-events.ts';
import { runExperiment } from './run-experiment.ts';
import { openTraces } from './traces/open-traces.ts';

const COUNTERS_INTERVAL_MS = 1_000;

export interface RunOptions {
  readonly scenario: Scenario;
  readonly plan: Plan;
  /** A started environment, or how to start one; the run tears it down (a shared one stays up). */
  readonly environment: Environment | ((signal: AbortSignal) => Promise<Environment>);
  /** A folder that holds no bundle yet; its name becomes the run's id. */
  readonly bundleDir: string;
  /** Aborting interrupts: faults are healed, nothing is harvested. */
  readonly signal: AbortSignal;
  readonly events: RunEvents;
  /** The planted defect, which the environment was started with. */
  readonly defect?: Defect;
  /** The shell command that repeats the run. */
  readonly repeat?: string;
}

export interface RunResult extends JudgedBundle {
  readonly bundleDir: string;
  /** The phase that ended the run early. */
  readonly failure?: PhaseFailed;
}

/**
 * Takes a scenario through the phases of a run, writing the bundle as it goes, and judges the bundle. Resolves also when the run was
 * interrupted or a phase failed: the result says so. Rejects with `HistoryWriteFailed` when the run cannot be recorded.
 */
export async function runScenario(options: RunOptions): Promise<RunResult> {
  const bundle = await BundleWriter.create(options.bundleDir);
  const record = recordOf(options);
  bundle.writeRecord(record);
  bundle.writePlan(options.plan);
  const startMs = performance.now();
  const counts = new OperationCounts();
  const unwritable = new AbortController();
  using history = new Recorder({
    path: bundle.historyPath,
    now: () => performance.now() - startMs,
    onEvent: (event) => {
      counts.add(event);
      options.events.emit('recorded', event);
    },
    onFailure: (error) => unwritable.abort(error),
  });
  const context: RunContext = {
    scenario: options.scenario,
    plan: options.plan,
    history,
    counts,
    events: options.events,
    signal: AbortSignal.any([options.signal, unwritable.signal]),
  };
  using _ticker = tick(COUNTERS_INTERVAL_MS, () =>
    options.events.emit('counters', { timeMs: performance.now() - startMs, ...counts.now() }),
  );
  using _interrupt = recordInterrupt(options.signal, history);
  const failure = await failureOf(() => runPhases(options, bundle, record, context));
  const judged = await inPhase(history, 'judge', () => judgeBundle(bundle.dir));
  return { ...judged, bundleDir: bundle.dir, ...(failure === undefined ? {} : { failure }) };
}

async function runPhases(
  options: RunOptions,
  bundle: BundleWriter,
  record: RunRecord,
  context: RunContext,
): Promise<void> {
  const { history, signal } = context;
  await inPhase(history, 'plan', async () => undefined);
  await inPhase(history, 'preflight', async () => preflight(context));
  const environment = await inPhase(history, 'provision', async () => {
    const started = typeof options.environment === 'function' ? await options.environment(signal) : options.environment;
    try {
      const components = await started.status();
      bundle.writeRecord({
        ...record,
        versions: Object.fromEntries(components.map(({ name, version }) => [name, version])),
      });
      await provision(started, context);
      return started;
    } catch (error) {
      await tearDown(started, context);
      throw error;
    }
  });
  // Until after the teardown: at its end each service sends what it has left.
  await using traces = await openTraces(environment, bundle.tracesPath, history);
  try {
    await runExperiment(environment, bundle, traces.clients, context);
  } finally {
    await tearDown(environment, context);
  }
}

async function tearDown(environment: Environment, { history }: RunContext): Promise<void> {
  const residue = await environment.teardown();
  history.record({ type: 'observation', kind: 'teardown', values: { ...residue } });
}

async function failureOf(work: () => Promise<void>): Promise<PhaseFailed | undefined> {
  try {
    await work();
    return undefined;
  } catch (thrown) {
    const error = firstOf(thrown);
    if (error instanceof PhaseFailed && !(error.cause instanceof HistoryWriteFailed)) return error;
    throw error instanceof PhaseFailed ? error.cause : error;
  }
}

/** What went wrong first, beneath what went wrong while things were released because of it. */
function firstOf(thrown: unknown): unknown {
  let error = thrown;
  while (error instanceof SuppressedError) error = error.suppressed;
  return error;
}

function recordOf({ scenario, plan, bundleDir, defect, repeat }: RunOptions): RunRecord {
  return {
    formatVersion: 1,
    runId: basename(bundleDir),
    scenario: scenario.name,
    summary: scenario.summary,
    topology: plan.topology,
    publisher: plan.publisher,
    seed: plan.seed,
    ...(defect === undefined ? {} : { defect: defect.name }),
    startedAt: new Date().toISOString(),
    versions: {},
    invariants: [...scenario.invariants],
    objectives: { ...scenario.objectives },
    repeat:
      repeat ??
      `npx chaos run ${scenario.name} --seed ${plan.seed}${defect === undefined ? '' : ` --defect ${defect.name}`}`,
  };
}

function tick(intervalMs: number, action: () => void): Disposable {
  const timer = setInterval(action, intervalMs);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

/** Notes an interrupt at the moment at which it comes. */
function recordInterrupt(signal: AbortSignal, history: Recorder): Disposable {
  const record = (): void =>
    history.recordIfPossible({ type: 'observation', kind: 'interrupted', values: { reason: String(signal.reason) } });
  if (signal.aborted) record();
  else signal.addEventListener('abort', record, { once: true });
  return { [Symbol.dispose]: () => signal.removeEventListener('abort', record) };
}
