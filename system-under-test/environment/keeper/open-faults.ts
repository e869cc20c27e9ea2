import { FaultLedger } from '../ledger/fault-ledger.ts';
import type { FaultEntry } from '../ledger/ledger-codec.ts';
import { type HealingTools, undo, undoAll } from './healing.ts';
import { LeaseClock } from './lease-clock.ts';

/** How soon a heal that failed after its lease ran out is tried again. */
const RETRY_MS = 1_000;

export interface OpenFaultsOptions {
  readonly ledgerPath: string;
  readonly tools: HealingTools;
  /** Called after a lease ran out: the fault is undone, or `error` says why not yet. */
  readonly onLeaseExpired: (fault: string, error: unknown) => void;
}

/** The faults of an environment with their leases: each is in the ledger from before it does harm until it is undone. */
export class OpenFaults implements Disposable {
  readonly #options: OpenFaultsOptions;
  readonly #ledger: FaultLedger;
  readonly #leases = new LeaseClock((id) => void this.#expire(id));

  constructor(options: OpenFaultsOptions) {
    this.#options = options;
    this.#ledger = new FaultLedger(options.ledgerPath);
  }

  /** On disk when it returns. */
  begin(entry: FaultEntry): void {
    this.#ledger.begin(entry);
    this.#leases.arm(entry.id, entry.leaseMs);
  }

  /** The owner has proof that it is undone. */
  end(id: string): void {
    this.#ledger.end(id, 'owner');
    this.#leases.disarm(id);
  }

  list(): readonly FaultEntry[] {
    return this.#ledger.open();
  }

  /** Undoes all of them. Those that resist stay open, are tried again when their leases run out, and make it reject. */
  async healAll(): Promise<readonly string[]> {
    const healed = await undoAll(this.#ledger, this.#options.tools);
    for (const id of healed) this.#leases.disarm(id);
    return healed;
  }

  /** Closes the entries of faults that ended together with everything they were done to. */
  endAll(): void {
    for (const { id } of this.#ledger.open()) this.#ledger.end(id, 'keeper');
  }

  async #expire(id: string): Promise<void> {
    const entry = this.#ledger.open().find((open) => open.id === id);
    if (entry === undefined) return;
    try {
      await undo(entry, this.#options.tools);
      this.#ledger.end(id, 'keeper');
      this.#options.onLeaseExpired(id, undefined);
    } catch (error) {
      this.#leases.arm(id, RETRY_MS);
      this.#options.onLeaseExpired(id, error);
    }
  }

  [Symbol.dispose](): void {
    this.#leases.clear();
    this.#ledger[Symbol.dispose]();
  }
}
