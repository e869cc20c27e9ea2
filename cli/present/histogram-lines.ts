const MOST_BUCKETS = 8;
const WIDTH = 40;

/** A histogram of milliseconds in at most 8 buckets of equal width, one line each; nothing for no samples. */
export function histogramLines(samplesMs: readonly number[]): string[] {
  if (samplesMs.length === 0) return [];
  const low = Math.floor(Math.min(...samplesMs));
  const spreadMs = Math.max(...samplesMs) + 1 - low;
  const widthMs = Math.ceil(spreadMs / MOST_BUCKETS);
  const counts = Array.from({ length: Math.ceil(spreadMs / widthMs) }, (_, index) => {
    const fromMs = low + index * widthMs;
    return samplesMs.filter((sample) => sample >= fromMs && sample < fromMs + widthMs).length;
  });
  const tallest = Math.max(...counts);
  return counts.map((count, index) => {
    const label = `${low + index * widthMs}-${low + (index + 1) * widthMs} ms`;
    const bar = '█'.repeat(Math.ceil((count / tallest) * WIDTH));
    return `  ${label.padStart(16)} ${count === 0 ? '' : `${bar} ${count}`}`.trimEnd();
  });
}
