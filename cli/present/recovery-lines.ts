import type { MetricChange } from '#scenarios/rto/compare-results.ts';
import { ALL_PHASES } from '#scenarios/rto/phases.ts';
import { RECOVERY_METRICS, type RecoveryResult, type Trial } from '#scenarios/rto/recovery-result.ts';
import type { Distribution, Estimate } from '#scenarios/rto/statistics.ts';
import { histogramLines } from './histogram-lines.ts';

const ms = (timeMs: number): string => `${Math.round(timeMs)} ms`;
const interval = ({ low, high }: Estimate): string => `[${Math.round(low)}, ${Math.round(high)}]`;
const CONCLUSION = { holds: 'MEASURED', violated: 'VIOLATED', inconclusive: 'INCONCLUSIVE' } as const;

/** One line of what a trial measured, or why it did not. */
export function trialLine({ trial, timesMs, phasesMs, unproven, writes }: Trial): string {
  if (timesMs === undefined) return `trial ${trial}: NOTHING MEASURED: ${unproven.join('; ')}`;
  const phases = ALL_PHASES.flatMap((phase) => {
    const durationMs = phasesMs[phase];
    return durationMs === undefined ? [] : [`${phase} ${Math.round(durationMs)}`];
  });
  return `trial ${trial}: first ack after ${ms(timesMs['first-ack'])}, total ${ms(timesMs.total)} (${phases.join(' + ')}), ${writes.missing} of ${writes.acknowledged} writes missing`;
}

/** The result for a person: a table of the metrics, a histogram of the recovery time, losses, verdict. */
export function recoveryLines(result: RecoveryResult): string[] {
  const { component, failure, probe, intervalMs, trials, rpo, gate, metrics } = result;
  const proven = trials.filter(({ timesMs }) => timesMs !== undefined);
  return [
    `Recovery of ${component} after ${failure} on ${result.topology}: ${proven.length} of ${trials.length} trials measured`,
    `probe ${probe} every ${intervalMs} ms; ${kindOf(result)}`,
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
    ...witnessLines(trials),
    `RPO: ${rpo.missing} of ${rpo.acknowledged} acknowledged writes missing${rpo.isGated ? '' : ' (a cache: shown, not judged)'}`,
    ...(gate?.actualMs === undefined
      ? []
      : [`gate: ${gate.metric} at quantile ${gate.quantile} is ${ms(gate.actualMs)}, allowed ${ms(gate.maxMs)}`]),
    CONCLUSION[result.outcome],
    ...result.reasons.map((reason) => `  - ${reason}`),
  ];
}

function kindOf({ detection, downMs, topology, isTakeover }: RecoveryResult): string {
  if (detection === 'fast') return 'failover with short detection times (--tuned)';
  if (detection === 'default') return "failover with the servers' own default detection times";
  if (isTakeover) return `kept down ${downMs} ms, which counts in the total only: another instance takes over`;
  const nodes =
    topology === 'compact' ? 'one node: this is restart recovery, not failover' : 'this is restart recovery';
  return `kept down ${downMs} ms, which counts; ${nodes}`;
}

/** How the harness and the servers' logs agree on when another node led. */
function witnessLines(trials: readonly Trial[]): string[] {
  const told = trials.filter(({ witness }) => witness?.newLeaderMs !== undefined);
  if (told.length === 0) return [];
  const silent = told.filter(({ witness }) => witness?.elected === undefined).length;
  const disagreeing = told.flatMap(({ trial, witness }) =>
    (witness?.disagreements ?? []).map(
      ({ moment, harnessMs, logMs, log }) =>
        `  DISAGREEMENT in trial ${trial}: ${moment} after ${ms(harnessMs)} for the harness, ${ms(logMs)} by the log of ${log}`,
    ),
  );
  const resolutionMs = Math.max(...told.map(({ witness }) => witness?.elected?.resolutionMs ?? 0));
  const coarse = resolutionMs > 1 ? `, whose times are only as fine as ${resolutionMs} ms` : '';
  return [
    `new leader: seen by the harness and told by the servers' logs${coarse}; ${told.length - silent - disagreeing.length} of ${told.length} trials agree within 100 ms${silent > 0 ? `, in ${silent} the logs say nothing` : ''}`,
    ...disagreeing,
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
  const differing = (
    ['component', 'failure', 'topology', 'publisher', 'detection', 'probe', 'downMs', 'intervalMs'] as const
  ).filter((key) => before[key] !== after[key]);
  return [
    '',
    `Compared with ${before.startedAt} (${before.trials.length} trials):`,
    ...differing.map((key) => {
      const absent = key === 'publisher' ? 'not recorded' : 'none';
      return `  NOT ALIKE: ${key} was ${before[key] ?? absent}, is ${after[key] ?? absent}`;
    }),
    ...(changes.length === 0 ? ['  nothing to compare: one of the two measured nothing'] : []),
    ...changes.map(({ metric, quantile, difference, verdict }) => {
      const sign = difference.value > 0 ? '+' : '';
      return `  ${`${metric} p${quantile * 100}`.padEnd(20)} ${sign}${ms(difference.value)} ${interval(difference)} ${verdict}`;
    }),
  ];
}
