/** A value with the bounds between which it lies with 95 % confidence; milliseconds here. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

export interface Distribution {
  readonly count: number;
  readonly min: number;
  readonly p50: Estimate;
  readonly p95: Estimate;
  readonly max: number;
}

const RESAMPLES = 2_000;
const CONFIDENCE = 0.95;

/** Least sample that a share `quantile` (0..1) of all does not exceed (nearest rank): always a value that was observed. Throws on none. */
export function quantileOf(samples: readonly number[], quantile: number): number {
  return atRank(
    samples.toSorted((a, b) => a - b),
    quantile,
  );
}

function atRank(sorted: readonly number[], quantile: number): number {
  const value = sorted[Math.max(1, Math.ceil(quantile * sorted.length)) - 1];
  if (value === undefined) throw new RangeError('there is no quantile of no samples');
  return value;
}

function resample(samples: readonly number[], random: () => number): readonly number[] {
  return samples.map((sample) => samples[Math.floor(random() * samples.length)] ?? sample);
}

function interval(statistics: readonly number[]): { readonly low: number; readonly high: number } {
  const tail = (1 - CONFIDENCE) / 2;
  return { low: quantileOf(statistics, tail), high: quantileOf(statistics, 1 - tail) };
}

/**
 * A quantile and its percentile bootstrap interval (Efron 1979). The interval never leaves the observed range: of few
 * samples a high quantile is the largest one, and the interval cannot know about larger ones. Throws on no samples.
 */
export function estimateQuantile(samples: readonly number[], quantile: number, random: () => number): Estimate {
  const resampled = Array.from({ length: RESAMPLES }, () => quantileOf(resample(samples, random), quantile));
  return { value: quantileOf(samples, quantile), ...interval(resampled) };
}

/** How much larger the quantile of `after` is than that of `before`, with the bootstrap interval of the difference. */
export function estimateDifference(
  before: readonly number[],
  after: readonly number[],
  quantile: number,
  random: () => number,
): Estimate {
  const difference = (a: readonly number[], b: readonly number[]): number =>
    quantileOf(b, quantile) - quantileOf(a, quantile);
  const resampled = Array.from({ length: RESAMPLES }, () =>
    difference(resample(before, random), resample(after, random)),
  );
  return { value: difference(before, after), ...interval(resampled) };
}

/** Throws on no samples. */
export function distributionOf(samples: readonly number[], random: () => number): Distribution {
  return {
    count: samples.length,
    min: Math.min(...samples),
    p50: estimateQuantile(samples, 0.5, random),
    p95: estimateQuantile(samples, 0.95, random),
    max: Math.max(...samples),
  };
}
