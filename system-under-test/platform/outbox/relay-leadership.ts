import { LeaseTerm } from '../lease/lease-term.ts';
import type { Leases } from '../lease/leases.ts';
import { sleep } from '../time/sleep.ts';

/** How long a relay that died keeps the others waiting. */
const RELAY_LEASE_MS = 2_500;
/** How late the end of a lease is noticed. */
const STANDBY_POLL_MS = 250;

export interface RelayLeadershipOptions {
  readonly leases: Leases;
  /** Replica of the service, a name that survives its restart. */
  readonly instance: string;
  /** Names this process and no other. */
  readonly holder: string;
  /** Clock that only goes forward. */
  readonly monotonicMs: () => number;
}

/**
 * Which of the processes of a service runs its relay. Without it each would fence the others in turn, with every opening
 * of a publisher, and none would get on. It is no safeguard: what keeps a relay that was suspended and goes on
 * from publishing anything twice is Kafka's fencing.
 */
export class RelayLeadership {
  readonly #options: RelayLeadershipOptions;
  #hasAsked = false;

  constructor(options: RelayLeadershipOptions) {
    this.#options = options;
  }

  /**
   * Waits for the leadership; `undefined` when `signal` aborts first. `onStandby` is called whenever another process was
   * found to have it. Rejects when the database does not answer.
   */
  async begin(signal: AbortSignal, onStandby: () => void): Promise<LeaseTerm | undefined> {
    const { leases, instance, holder, monotonicMs } = this.#options;
    while (!signal.aborted) {
      const claim = { name: 'relay', instance, holder, leaseMs: RELAY_LEASE_MS, succeeds: !this.#hasAsked };
      const term = await LeaseTerm.begin({ leases, claim, monotonicMs });
      this.#hasAsked = true;
      if (term !== undefined) return term;
      onStandby();
      await sleep(STANDBY_POLL_MS, signal);
    }
    return undefined;
  }
}
