const BUCKETS_PER_DOUBLING = 64;
/** Covers one microsecond to more than an hour. */
const DOUBLINGS = 32;
const MICROSECONDS_PER_MS = 1_000;

/** Counts latencies in logarithmic buckets: constant memory, quantiles within about 1 % of the true value. */
export class LatencyHistogram {
  readonly #buckets = new Uint32Array(BUCKETS_PER_DOUBLING * DOUBLINGS);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  add(latencyMs: number): void {
    const exponent = Math.log2(Math.max(1, latencyMs * MICROSECONDS_PER_MS));
    const bucket = Math.min(this.#buckets.length - 1, Math.floor(exponent * BUCKETS_PER_DOUBLING));
    this.#buckets[bucket] = (this.#buckets[bucket] ?? 0) + 1;
    this.#count += 1;
  }

  /** Least latency (ms, upper edge of its bucket) that a share `quantile` (0..1) of all does not exceed; 0 when empty. */
  quantile(quantile: number): number {
    const rank = Math.max(1, Math.ceil(quantile * this.#count));
    let seen = 0;
    for (let bucket = 0; bucket < this.#buckets.length; bucket++) {
      seen += this.#buckets[bucket] ?? 0;
      if (seen >= rank) return 2 ** ((bucket + 1) / BUCKETS_PER_DOUBLING) / MICROSECONDS_PER_MS;
    }
    return 0;
  }
}
