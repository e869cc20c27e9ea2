import type { RecoveryMetric, RecoveryResult, Trial } from './recovery-result.ts';
import { quantileOf } from './statistics.ts';

export interface Objective {
  readonly metric: RecoveryMetric;
  readonly quantile: number;
  readonly maxMs: number;
}

export type Judgement = Pick<RecoveryResult, 'outcome' | 'reasons' | 'gate' | 'rpo'>;

/**
 * Pure. `violated`: a durable write was lost or the quantile is above the objective; else `inconclusive`: a trial measured
 * nothing or a write could not be read back; else `holds`. A proven loss counts, however little else is proven; a quantile
 * of some trials does not stand for all of them.
 */
export function judgeRecovery(
  trials: readonly Trial[],
  isDurable: boolean,
  objective: Objective | undefined,
): Judgement {
  const sum = (count: (trial: Trial) => number): number => trials.reduce((total, trial) => total + count(trial), 0);
  const rpo = {
    acknowledged: sum(({ writes }) => writes.acknowledged),
    missing: sum(({ writes }) => writes.missing),
    unread: sum(({ writes }) => writes.unread),
    isGated: isDurable,
  };
  const lost = isDurable && rpo.missing > 0 ? [`${rpo.missing} acknowledged writes are missing`] : [];
  const doubts = [
    ...(trials.length === 0 ? ['no trial was run'] : []),
    ...trials.flatMap(({ trial, unproven }) => unproven.map((reason) => `trial ${trial}: ${reason}`)),
    ...(rpo.unread > 0 ? [`${rpo.unread} acknowledged writes were not read back`] : []),
  ];
  const gate = objective && gateOf(trials, objective);
  const tooSlow =
    gate?.actualMs !== undefined && gate.actualMs > gate.maxMs && doubts.length === 0
      ? [`${gate.metric} at quantile ${gate.quantile} is ${Math.round(gate.actualMs)} ms, allowed ${gate.maxMs} ms`]
      : [];
  const violations = [...lost, ...tooSlow];
  return {
    rpo,
    ...(gate === undefined ? {} : { gate }),
    outcome: violations.length > 0 ? 'violated' : doubts.length > 0 ? 'inconclusive' : 'holds',
    reasons: [...violations, ...doubts],
  };
}

function gateOf(trials: readonly Trial[], objective: Objective): NonNullable<RecoveryResult['gate']> {
  const samples = samplesOf(trials, objective.metric);
  return samples.length === 0 ? objective : { ...objective, actualMs: quantileOf(samples, objective.quantile) };
}

/** The metric's value in each trial that measured something. */
export function samplesOf(trials: readonly Trial[], metric: RecoveryMetric): readonly number[] {
  return trials
    .filter(({ unproven }) => unproven.length === 0)
    .flatMap(({ timesMs }) => (timesMs === undefined ? [] : [timesMs[metric]]));
}
