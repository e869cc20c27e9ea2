import type { Attempt } from './attempt.ts';
import type { ProbeSession } from './recovery-probe.ts';

export interface ProberOptions {
  readonly session: ProbeSession;
  readonly intervalMs: number;
  readonly maxOpen: number;
  readonly timeoutMs: number;
  /** Begins the key of every write. */
  readonly keyPrefix: string;
  readonly now: () => number;
}

/**
 * Begins a write every `intervalMs`, whether or not the earlier ones were answered (an open loop: a client that waits for
 * answers does not see an outage at its full length), with at most `maxOpen` open.
 */
export class Prober implements AsyncDisposable {
  readonly attempts: Attempt[] = [];
  readonly #options: ProberOptions;
  readonly #open = new Set<Promise<void>>();
  readonly #timer: NodeJS.Timeout;
  #begun = 0;

  constructor(options: ProberOptions) {
    this.#options = options;
    this.#timer = setInterval(() => this.#begin(), options.intervalMs);
  }

  /** Begins no more writes; resolves once those that are open have ended, which their timeout bounds. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all(this.#open);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  #begin(): void {
    if (this.#open.size >= this.#options.maxOpen) return;
    const attempt = this.#attempt(`${this.#options.keyPrefix}-${++this.#begun}`);
    this.#open.add(attempt);
    void attempt.finally(() => this.#open.delete(attempt));
  }

  async #attempt(key: string): Promise<void> {
    const { session, timeoutMs, now } = this.#options;
    const startMs = now();
    const bound = AbortSignal.timeout(timeoutMs);
    try {
      const id = await session.write(key, bound);
      this.attempts.push({ startMs, endMs: now(), id });
    } catch (error) {
      const said = error instanceof Error ? error.message : String(error);
      const reason = bound.aborted ? `not acknowledged within ${timeoutMs} ms` : said;
      this.attempts.push({ startMs, endMs: now(), error: reason });
    }
  }
}
