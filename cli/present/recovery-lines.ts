import type { MetricChange } from '#scenarios/rto/compare-results.ts';
import { RECOVERY_PHASES } from '#scenarios/rto/phases.ts';
import { RECOVERY_METRICS, type RecoveryResult, type Trial } from '#scenarios/rto/recovery-result.ts';
import type { Distribution, Estimate } from '#scenarios/rto/statistics.ts';
import { histogramLines } from './histogram-lines.ts';

const ms = (timeMs: number): string => `${Math.round(timeMs)} ms`;
const interval = ({ low, high }: Estimate): string => `[${Math.round(low)}, ${Math.round(high)}]`;
const CONCLUSION = { holds: 'MEASURED', violated: 'VIOLATED', inconclusive: 'INCONCLUSIVE' } as const;

/** One line of what a trial measured, or why it did not. */
export function trialLine({ trial, timesMs, phasesMs, unproven, writes }: Trial): string {
  if (timesMs === undefined) return `trial ${trial}: NOTHING MEASURED: ${unproven.join('; ')}`;
  const phases = RECOVERY_PHASES.flatMap((phase) => {
    const durationMs = phasesMs[phase];
    return durationMs === undefined ? [] : [`${phase} ${Math.round(durationMs)}`];
  });
  return `trial ${trial}: first ack after ${ms(timesMs['first-ack'])}, total ${ms(timesMs.total)} (${phases.join(' + ')}), ${writes.missing} of ${writes.acknowledged} writes missing`;
}

/** The result for a person: a table of the metrics, a histogram of the recovery time, losses, verdict. */
export function recoveryLines(result: RecoveryResult): string[] {
  const { component, failure, probe, downMs, intervalMs, trials, rpo, gate, metrics } = result;
  const proven = trials.filter(({ timesMs }) => timesMs !== undefined);
  return [
    `Recovery of ${component} after ${failure} on ${result.topology}: ${proven.length} of ${trials.length} trials measured`,
    `probe ${probe} every ${intervalMs} ms; kept down ${downMs} ms, which counts; one node: this is restart recovery, not failover`,
    '',
    ...(metrics === undefined
      ? []
      : [
          'from the fault to     min       p50 [95 % confidence]          p95 [95 % confidence]          max',
          ...RECOVERY_METRICS.map((metric) => metricLine(metric, metrics[metric])),
          '',
          'first-ack',
          ...histogramLines(proven.flatMap(({ timesMs }) => timesMs?.['first-ack'] ?? [])),
          '',
        ]),
    `RPO: ${rpo.missing} of ${rpo.acknowledged} acknowledged writes missing${rpo.isGated ? '' : ' (a cache: shown, not judged)'}`,
    ...(gate?.actualMs === undefined
      ? []
      : [`gate: ${gate.metric} at quantile ${gate.quantile} is ${ms(gate.actualMs)}, allowed ${ms(gate.maxMs)}`]),
    CONCLUSION[result.outcome],
    ...result.reasons.map((reason) => `  - ${reason}`),
  ];
}

function metricLine(metric: string, { min, p50, p95, max }: Distribution): string {
  const estimate = (one: Estimate): string => `${ms(one.value)} ${interval(one)}`.padEnd(30);
  return `${metric.padEnd(18)} ${ms(min).padStart(8)}  ${estimate(p50)} ${estimate(p95)} ${ms(max)}`;
}

/** What changed since an earlier result; says so when the two were not measured alike. */
export function comparisonLines(
  before: RecoveryResult,
  after: RecoveryResult,
  changes: readonly MetricChange[],
): string[] {
  const differing = (['component', 'failure', 'topology', 'probe', 'downMs', 'intervalMs'] as const).filter(
    (key) => before[key] !== after[key],
  );
  return [
    '',
    `Compared with ${before.startedAt} (${before.trials.length} trials):`,
    ...differing.map((key) => `  NOT ALIKE: ${key} was ${before[key]}, is ${after[key]}`),
    ...(changes.length === 0 ? ['  nothing to compare: one of the two measured nothing'] : []),
    ...changes.map(({ metric, quantile, difference, verdict }) => {
      const sign = difference.value > 0 ? '+' : '';
      return `  ${`${metric} p${quantile * 100}`.padEnd(20)} ${sign}${ms(difference.value)} ${interval(difference)} ${verdict}`;
    }),
  ];
}
