/**
 * Lets a loop sleep until somebody has work for it. A `wake` that comes while the loop is busy is remembered, so
 * that the next `wait` returns at once: no wake-up is lost.
 */
export class WakeSignal {
  #isSet = false;
  #release: (() => void) | undefined;

  wake(): void {
    this.#isSet = true;
    this.#release?.();
  }

  /** Resolves when woken, after `timeoutMs`, or when `signal` aborts, whichever comes first. One waiter at a time. */
  async wait(timeoutMs: number, signal: AbortSignal): Promise<void> {
    if (!this.#isSet && !signal.aborted) {
      await new Promise<void>((resolve) => {
        const done = (): void => {
          clearTimeout(timer);
          signal.removeEventListener('abort', done);
          this.#release = undefined;
          resolve();
        };
        const timer = setTimeout(done, timeoutMs);
        signal.addEventListener('abort', done, { once: true });
        this.#release = done;
      });
    }
    this.#isSet = false;
  }
}
