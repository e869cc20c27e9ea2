import type { Deadline } from '#sut/platform/time/deadline.ts';
import {
  type Admission,
  type AdmissionLimits,
  type Arrival,
  decideArrival,
  decideEnd,
  decideLeave,
  NOBODY,
} from './decide-admission.ts';

/** There was no place in time. Nothing was done for the request. */
export class OverloadedError extends Error {
  override readonly name = 'OverloadedError';
  /** When it may be worth trying again. */
  readonly retryAfterMs: number;
  constructor(message: string, retryAfterMs: number) {
    super(message);
    this.retryAfterMs = retryAfterMs;
  }
}

/** Lets requests through to one service, so that a service which hangs takes only its own share of the gateway. */
export class AdmissionGate {
  readonly #name: string;
  readonly #limits: AdmissionLimits;
  readonly #turns = new Map<number, (refusal: OverloadedError | undefined) => void>();
  #admission: Admission = NOBODY;
  #arrivals = 0;

  constructor(name: string, limits: AdmissionLimits) {
    this.#name = name;
    this.#limits = limits;
  }

  /**
   * Runs `work` when its turn has come.
   * @throws OverloadedError when it does not come before the deadline, is not expected to, or `signal` aborts first
   */
  async run<T>(deadline: Deadline, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const now = performance.now();
    this.#arrivals += 1;
    const arrival: Arrival = { id: this.#arrivals, endsAtMs: now + deadline.remainingMs() };
    const decision = decideArrival(this.#admission, arrival, now, this.#limits);
    this.#admission = decision.admission;
    if (decision.verdict === 'refuse') throw this.#refusal(decision.retryAfterMs);
    if (decision.verdict === 'wait') await this.#turnOf(arrival, deadline, signal);
    const startedAt = performance.now();
    try {
      return await work();
    } finally {
      this.#end(performance.now() - startedAt);
    }
  }

  async #turnOf({ id }: Arrival, deadline: Deadline, signal: AbortSignal): Promise<void> {
    const leave = (): void => {
      this.#admission = decideLeave(this.#admission, id);
      this.#turns.get(id)?.(this.#refusal(this.#admission.meanMs));
    };
    const timer = setTimeout(leave, deadline.remainingMs());
    signal.addEventListener('abort', leave, { once: true });
    try {
      await new Promise<void>((resolve, reject) => {
        this.#turns.set(id, (refusal) => (refusal === undefined ? resolve() : reject(refusal)));
        if (signal.aborted) leave();
      });
    } finally {
      this.#turns.delete(id);
      clearTimeout(timer);
      signal.removeEventListener('abort', leave);
    }
  }

  #end(tookMs: number): void {
    const { admission, next, expired } = decideEnd(this.#admission, tookMs, performance.now());
    this.#admission = admission;
    for (const { id } of expired) this.#turns.get(id)?.(this.#refusal(admission.meanMs));
    if (next !== undefined) this.#takeTurn(next.id);
  }

  /** Taken from the map at once: an abort that comes before the waiting one runs again must not undo it. */
  #takeTurn(id: number): void {
    const turn = this.#turns.get(id);
    this.#turns.delete(id);
    turn?.(undefined);
  }

  #refusal(retryAfterMs: number): OverloadedError {
    return new OverloadedError(`too many requests for the ${this.#name} service, nothing was sent`, retryAfterMs);
  }
}
