import { areConflicting, type FaultClaim } from './fault-conflicts.ts';

interface Inside extends FaultClaim {
  readonly left: Promise<void>;
}

/**
 * Lets a fault in when no conflicting one is active. The schedule keeps timed faults apart; one that waits for an event may
 * still meet another, and then waits here.
 */
export class FaultTurnstile {
  readonly #inside = new Set<Inside>();

  /** Resolves once the fault may go ahead; dispose when it is healed. Rejects with the signal's reason. */
  async enter(claim: FaultClaim, signal: AbortSignal): Promise<Disposable> {
    for (;;) {
      signal.throwIfAborted();
      const rival = [...this.#inside].find((one) => areConflicting(one, claim));
      if (rival === undefined) break;
      await Promise.race([rival.left, aborted(signal)]);
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    const entry: Inside = { ...claim, left: promise };
    this.#inside.add(entry);
    return {
      [Symbol.dispose]: () => {
        this.#inside.delete(entry);
        resolve();
      },
    };
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  promise.catch(() => undefined);
  if (signal.aborted) reject(signal.reason);
  signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  return promise;
}
