import { nearestNames } from '#scenarios/model/nearest-names.ts';
import type { Objective } from '#scenarios/rto/judge-recovery.ts';
import { PROBES } from '#scenarios/rto/probes/catalog.ts';
import type { RecoveryFailure, RecoveryMetric } from '#scenarios/rto/recovery-result.ts';
import type { RecoveryPlan } from '#scenarios/rto/trial-context.ts';
import { componentsOf, type Topology } from '#sut/contract/components.ts';
import { UsageError } from '../present/usage-error.ts';
import { parseDuration } from './parse-duration.ts';

/** What was typed; durations as text. */
export interface RecoveryFlags {
  readonly topology?: Topology | undefined;
  readonly trials: number;
  readonly failure: RecoveryFailure;
  readonly down: string;
  readonly interval?: string | undefined;
  readonly seed: number;
  readonly max?: string | undefined;
  readonly metric: RecoveryMetric;
  readonly quantile?: string | undefined;
}

/** Throws `UsageError` for a component that cannot be measured (with the nearest names) or a duration that is none. */
export function recoveryPlan(component: string, flags: RecoveryFlags): RecoveryPlan {
  const topology = flags.topology ?? 'compact';
  const measurable = componentsOf(topology).filter((name) => PROBES[name] !== undefined);
  const name = measurable.find((one) => one === component);
  const probe = name && PROBES[name];
  if (name === undefined || probe === undefined) {
    throw new UsageError(
      `the recovery of "${component}" cannot be measured.`,
      `Nearest: ${nearestNames(component, measurable).join(', ')}`,
    );
  }
  const intervalMs = flags.interval === undefined ? probe.intervalMs : parseDuration(flags.interval);
  if (intervalMs < 1) throw new UsageError('--interval is below 1ms.', 'Give at least 1ms.');
  const { trials, failure, seed } = flags;
  return { topology, component: name, failure, probe, trials, downMs: parseDuration(flags.down), intervalMs, seed };
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
