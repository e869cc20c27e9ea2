import { AsyncLocalStorage } from 'node:async_hooks';

/** When the caller of this work stops waiting, by the monotonic clock of this process. */
export class Deadline {
  readonly #endsAtMs: number;
  readonly #monotonicMs: () => number;

  /** `timeoutMs` from now; the clock is `performance.now`, whose zero does not matter. */
  constructor(timeoutMs: number, monotonicMs: () => number = () => performance.now()) {
    this.#monotonicMs = monotonicMs;
    this.#endsAtMs = monotonicMs() + timeoutMs;
  }

  /** What is left, at least 0. */
  remainingMs(): number {
    return Math.max(0, this.#endsAtMs - this.#monotonicMs());
  }

  /** @throws DeadlinePassedError when nothing is left */
  check(): void {
    if (this.remainingMs() === 0) throw new DeadlinePassedError();
  }
}

/** Nobody waits for the answer any more, so the work was not begun. */
export class DeadlinePassedError extends Error {
  override readonly name = 'DeadlinePassedError';
  constructor() {
    super('the deadline passed before the work began');
  }
}

const active = new AsyncLocalStorage<Deadline | undefined>();

/** The deadline of the request at work; none outside requests, in message handlers and workers. */
export const currentDeadline = (): Deadline | undefined => active.getStore();

/** Runs `work` and everything that it awaits under the deadline. */
export const withDeadline = <T>(deadline: Deadline | undefined, work: () => T): T => active.run(deadline, work);
