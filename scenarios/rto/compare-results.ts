import { samplesOf } from './judge-recovery.ts';
import { RECOVERY_METRICS, type RecoveryMetric, type RecoveryResult } from './recovery-result.ts';
import { seededRandom } from './seeded-random.ts';
import { type Estimate, estimateDifference } from './statistics.ts';

export interface MetricChange {
  readonly metric: RecoveryMetric;
  readonly quantile: number;
  /** After minus before, ms. */
  readonly difference: Estimate;
  /** `unclear`: the interval of the difference holds zero. */
  readonly verdict: 'faster' | 'slower' | 'unclear';
}

const QUANTILES = [0.5, 0.95] as const;

/** What changed between two measurements of the same thing. Empty for a metric that one of them lacks. Pure. */
export function compareResults(before: RecoveryResult, after: RecoveryResult): readonly MetricChange[] {
  const random = seededRandom(after.seed);
  return RECOVERY_METRICS.flatMap((metric) => {
    const [old, now] = [samplesOf(before.trials, metric), samplesOf(after.trials, metric)];
    if (old.length === 0 || now.length === 0) return [];
    return QUANTILES.map((quantile) => {
      const difference = estimateDifference(old, now, quantile, random);
      const verdict = difference.high < 0 ? 'faster' : difference.low > 0 ? 'slower' : 'unclear';
      return { metric, quantile, difference, verdict } as const;
    });
  });
}
