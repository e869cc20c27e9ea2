/** Calls back once for each lease that runs out before it is disarmed. Monotonic: the wall clock may jump. */
export class LeaseClock {
  readonly #onExpiry: (id: string) => void;
  readonly #timers = new Map<string, NodeJS.Timeout>();

  constructor(onExpiry: (id: string) => void) {
    this.#onExpiry = onExpiry;
  }

  /** Starts the lease anew. */
  arm(id: string, leaseMs: number): void {
    this.disarm(id);
    this.#timers.set(
      id,
      setTimeout(() => {
        this.#timers.delete(id);
        this.#onExpiry(id);
      }, leaseMs),
    );
  }

  disarm(id: string): void {
    clearTimeout(this.#timers.get(id));
    this.#timers.delete(id);
  }

  clear(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }
}
