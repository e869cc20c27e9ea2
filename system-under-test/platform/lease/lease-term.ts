import { sleep } from '../time/sleep.ts';
import { within } from '../time/within.ts';
import type { LeaseAnswer, LeaseClaim, Leases } from './leases.ts';

const RELEASE_TIMEOUT_MS = 1_000;

export interface LeaseTermOptions {
  readonly leases: Leases;
  readonly claim: LeaseClaim;
  /** Clock that only goes forward; the lease itself goes by the database's. */
  readonly monotonicMs: () => number;
}

/** A lease from its taking to its end, renewed in the background. Disposing gives it back. */
export class LeaseTerm implements AsyncDisposable {
  readonly #options: LeaseTermOptions;
  readonly #ending = new AbortController();
  readonly #renewing: Promise<void>;
  #answer: LeaseAnswer;
  #expiresAtMs: number;

  private constructor(options: LeaseTermOptions, answer: LeaseAnswer, expiresAtMs: number) {
    this.#options = options;
    this.#answer = answer;
    this.#expiresAtMs = expiresAtMs;
    this.#renewing = this.#renew();
  }

  /** Asks once: a term, or `undefined` when somebody else has the lease. Rejects when the database does not answer. */
  static async begin(options: LeaseTermOptions): Promise<LeaseTerm | undefined> {
    const { leases, claim, monotonicMs } = options;
    // Counted from before the question: the database's lease cannot have begun earlier, so it ends no earlier.
    const askedAtMs = monotonicMs();
    const answer = await within(leases.take(claim), claim.leaseMs, `taking the lease ${claim.name}`);
    return answer.isHeld ? new LeaseTerm(options, answer, askedAtMs + claim.leaseMs) : undefined;
  }

  /** False once somebody else has the lease, or may have it because it could not be renewed in time. */
  get isHeld(): boolean {
    return this.#answer.isHeld && this.#options.monotonicMs() < this.#expiresAtMs;
  }

  /** Somebody else is waiting for it. */
  get isContended(): boolean {
    return this.#answer.isContended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending.abort();
    // A renewal under way must not be carried out after the release.
    await this.#renewing;
    const { leases, claim } = this.#options;
    // Where the database does not answer the lease ends by itself.
    await within(leases.release(claim), RELEASE_TIMEOUT_MS, 'giving the lease back').catch(() => {});
  }

  /** Three times per lease, so that one lost answer does not end it. */
  async #renew(): Promise<void> {
    const { leases, claim, monotonicMs } = this.#options;
    const { signal } = this.#ending;
    const renewal: LeaseClaim = { ...claim, succeeds: false };
    while (this.#answer.isHeld) {
      await sleep(claim.leaseMs / 3, signal);
      if (signal.aborted) return;
      const askedAtMs = monotonicMs();
      try {
        this.#answer = await within(leases.take(renewal), claim.leaseMs, 'renewing the lease');
        if (this.#answer.isHeld) this.#expiresAtMs = askedAtMs + claim.leaseMs;
      } catch {
        // Tried again until it has run out, and then too: it may still be free.
      }
    }
  }
}
