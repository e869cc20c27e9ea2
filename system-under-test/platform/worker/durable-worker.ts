import { type BackoffRange, backoffMs } from '../time/backoff.ts';
import { WakeSignal } from '../time/wake-signal.ts';

/**
 * Work that is written down in the database before it is begun: calls to the outside world, deadlines. The rows are
 * the truth; the worker only looks for them, in `pollMs` steps or when woken, and runs each until the row says done.
 */
export interface WorkerDeclaration<Job> {
  readonly name: string;
  /** Jobs that are due, at most `limit`, without those whose id is in `excludedIds` (running here, or backing off). */
  readonly take: (limit: number, excludedIds: readonly string[]) => Promise<readonly Job[]>;
  readonly id: (job: Job) => string;
  /**
   * Does the job once and commits its outcome, so that `take` finds it no more. Rejecting means unknown or failed: it
   * is tried again after a capped exponential backoff with jitter. `signal` aborts at shutdown.
   */
  readonly run: (job: Job, signal: AbortSignal) => Promise<void>;
  /** Jobs at the same time; default 8. */
  readonly concurrency?: number;
  /** Time between two looks when nobody wakes it; default 500. */
  readonly pollMs?: number;
  /** Backoff after a failed run: doubles from `minMs` to `maxMs`; default 100 to 2000. */
  readonly backoff?: BackoffRange;
}

/** A worker of any job type, as the platform runs it. Made by `durableWorker`. */
export interface AnyWorker {
  readonly name: string;
  /** Runs until `signal` aborts and every job that it began has ended. */
  readonly start: (environment: WorkerEnvironment) => Promise<void>;
  readonly wake: () => void;
}

export interface WorkerEnvironment {
  readonly signal: AbortSignal;
  readonly monotonicMs: () => number;
  readonly random: () => number;
  /** Told of every failure; `jobId` is undefined when the look for work failed. */
  readonly onError: (error: unknown, jobId: string | undefined) => void;
}

interface Setback {
  readonly failures: number;
  readonly notBeforeMs: number;
}

/** Declares a worker for `ServiceDeclaration.workers`. */
export function durableWorker<Job>(declaration: WorkerDeclaration<Job>): AnyWorker {
  const wakeUp = new WakeSignal();
  return {
    name: declaration.name,
    wake: () => wakeUp.wake(),
    start: (environment) => new WorkerLoop(declaration, environment, wakeUp).run(),
  };
}

/** Backoff lives in memory only: after a restart a job is simply tried at once. */
class WorkerLoop<Job> {
  readonly #declaration: WorkerDeclaration<Job>;
  readonly #environment: WorkerEnvironment;
  readonly #wakeUp: WakeSignal;
  readonly #running = new Map<string, Promise<void>>();
  readonly #setbacks = new Map<string, Setback>();

  constructor(declaration: WorkerDeclaration<Job>, environment: WorkerEnvironment, wakeUp: WakeSignal) {
    this.#declaration = declaration;
    this.#environment = environment;
    this.#wakeUp = wakeUp;
  }

  async run(): Promise<void> {
    const { signal } = this.#environment;
    while (!signal.aborted) {
      await this.#look();
      await this.#wakeUp.wait(this.#pauseMs(), signal);
    }
    await Promise.all(this.#running.values());
  }

  async #look(): Promise<void> {
    const concurrency = this.#declaration.concurrency ?? 8;
    const free = concurrency - this.#running.size;
    if (free <= 0) return;
    const backingOff = [...this.#setbacks].filter(
      ([, setback]) => setback.notBeforeMs > this.#environment.monotonicMs(),
    );
    const excluded = new Set([...this.#running.keys(), ...backingOff.map(([id]) => id)]);
    try {
      const jobs = await this.#declaration.take(free, [...excluded]);
      for (const job of jobs) this.#begin(job, excluded);
    } catch (error) {
      this.#environment.onError(error, undefined);
    }
  }

  #begin(job: Job, excluded: ReadonlySet<string>): void {
    const id = this.#declaration.id(job);
    if (excluded.has(id) || this.#running.has(id)) return;
    this.#running.set(id, this.#attempt(id, job));
  }

  async #attempt(id: string, job: Job): Promise<void> {
    const { signal, monotonicMs, random, onError } = this.#environment;
    try {
      await this.#declaration.run(job, signal);
      this.#setbacks.delete(id);
    } catch (error) {
      const failures = (this.#setbacks.get(id)?.failures ?? 0) + 1;
      const range = this.#declaration.backoff ?? { minMs: 100, maxMs: 2_000 };
      this.#setbacks.set(id, { failures, notBeforeMs: monotonicMs() + backoffMs(failures, range, random) });
      onError(error, id);
    } finally {
      this.#running.delete(id);
      this.#wakeUp.wake();
    }
  }

  /** Until the next poll, or the end of the nearest backoff. */
  #pauseMs(): number {
    const now = this.#environment.monotonicMs();
    const pollMs = this.#declaration.pollMs ?? 500;
    // A setback whose time came long ago belongs to a job that something else has finished.
    for (const [id, { notBeforeMs }] of this.#setbacks) if (notBeforeMs < now - 60_000) this.#setbacks.delete(id);
    const waits = [...this.#setbacks.values()].map((setback) => setback.notBeforeMs - now).filter((wait) => wait > 0);
    return Math.min(pollMs, ...waits);
  }
}
