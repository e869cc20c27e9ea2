import { nearestNames } from '#scenarios/model/nearest-names.ts';
import type { Objective } from '#scenarios/rto/judge-recovery.ts';
import { PROBES } from '#scenarios/rto/probes/catalog.ts';
import { FAILOVER_PROBES } from '#scenarios/rto/probes/failover-catalog.ts';
import type { RecoveryFailure, RecoveryMetric } from '#scenarios/rto/recovery-result.ts';
import type { RecoveryPlan } from '#scenarios/rto/trial-context.ts';
import { componentsOf, ENGINES, type Engine, serviceOf, type Topology } from '#sut/contract/components.ts';
import { UsageError } from '../present/usage-error.ts';
import { parseDuration } from './parse-duration.ts';

/** What was typed; durations as text. */
export interface RecoveryFlags {
  readonly topology?: Topology | undefined;
  /** Detection times that suit many trials, instead of those of production. */
  readonly tuned: boolean;
  readonly trials: number;
  readonly failure: RecoveryFailure;
  /** Absent: 1 s, or as long as another instance may need to take over. */
  readonly down?: string | undefined;
  readonly interval?: string | undefined;
  readonly seed: number;
  readonly max?: string | undefined;
  readonly metric: RecoveryMetric;
  readonly quantile?: string | undefined;
}

/** After a kill Kafka gives a member up after its session timeout (6 s); the rest is for a busy machine. */
const TAKEOVER_DOWN = '15s';
const RESTART_DOWN = '1s';

type Measured = Pick<RecoveryPlan, 'component' | 'probe' | 'failover' | 'isTakeover'>;

/** Throws `UsageError` for what cannot be measured (with what can), or a duration that is none. */
export function recoveryPlan(component: string, flags: RecoveryFlags): RecoveryPlan {
  const engine = ENGINES.find((one) => one === component);
  const topology = flags.topology ?? (engine === undefined ? 'compact' : 'cluster');
  const isFailover = engine !== undefined && topology === 'cluster';
  const { trials, failure, seed } = flags;
  assertSensible(component, failure, flags.tuned, isFailover ? engine : undefined);
  const measured: Measured = isFailover
    ? {
        component: engine,
        probe: FAILOVER_PROBES[engine],
        failover: { engine, detection: flags.tuned ? ('fast' as const) : ('default' as const) },
      }
    : measurable(component, topology);
  const intervalMs = flags.interval === undefined ? measured.probe.intervalMs : parseDuration(flags.interval);
  if (intervalMs < 1) throw new UsageError('--interval is below 1ms.', 'Give at least 1ms.');
  const downMs = parseDuration(flags.down ?? (measured.isTakeover ? TAKEOVER_DOWN : RESTART_DOWN));
  return { topology, ...measured, failure, trials, downMs, intervalMs, seed };
}

/** A component that is harmed itself; another instance of the service, if there is one, takes over. */
function measurable(component: string, topology: Topology): Measured {
  const names = componentsOf(topology).filter((name) => PROBES[name] !== undefined);
  const name = names.find((one) => one === component);
  const probe = name && PROBES[name];
  if (name !== undefined && probe !== undefined) {
    const instances = componentsOf(topology).filter((one) => serviceOf(one) === name);
    return { component: name, probe, isTakeover: instances.length > 1 };
  }
  const engines = ENGINES.filter((engine) => !names.some((one) => one === engine));
  throw new UsageError(
    `the recovery of "${component}" cannot be measured.`,
    `Nearest: ${nearestNames(component, [...names, ...engines]).join(', ')}`,
  );
}

const HANDS_OVER: readonly Engine[] = ['postgres', 'mongodb'];

function assertSensible(component: string, failure: RecoveryFailure, isTuned: boolean, failover?: Engine): void {
  if (failover === undefined) {
    if (failure === 'switchover') {
      throw new UsageError(
        `${component} alone cannot hand over to anybody.`,
        'Switch over postgres or mongodb on --topology cluster.',
      );
    }
    if (isTuned) {
      throw new UsageError(
        '--tuned changes how soon a cluster takes its leader for dead; this measures a restart.',
        'Leave it out, or measure postgres, mongodb, kafka or redis on --topology cluster.',
      );
    }
  } else if (failure === 'stop') {
    throw new UsageError(
      'a leader that is stopped in order is no failure.',
      'Take kill or pause, or switchover (postgres, mongodb); `--topology compact` stops a single server.',
    );
  } else if (failure === 'switchover' && !HANDS_OVER.includes(failover)) {
    throw new UsageError(`${failover} has no switchover here.`, 'Take kill or pause; postgres and mongodb hand over.');
  }
}

/** What `--max`, `--quantile` and `--metric` ask for; `undefined` without `--max`. Throws `UsageError`. */
export function recoveryObjective({ max, metric, quantile }: RecoveryFlags): Objective | undefined {
  if (max === undefined) {
    if (quantile !== undefined) throw new UsageError('--quantile gates nothing without --max.', 'Add --max 5s.');
    return undefined;
  }
  const share = Number(quantile ?? '0.95');
  if (!(share > 0 && share <= 1)) throw new UsageError(`"${quantile}" is not a quantile.`, 'Give one like 0.95.');
  return { metric, quantile: share, maxMs: parseDuration(max) };
}
