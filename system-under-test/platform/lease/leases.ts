/** Who wants a lease, and for how long. */
export interface LeaseClaim {
  readonly name: string;
  /** The replica, a name that survives its restart. */
  readonly instance: string;
  /** The process; no two have the same. */
  readonly holder: string;
  readonly leaseMs: number;
  /**
   * Take over from an earlier process of the same instance although its lease has not run out: it must be dead. Only for
   * the first claim of a process, or two that were given the same name by mistake would take it from each other for ever.
   */
  readonly succeeds: boolean;
}

export interface LeaseAnswer {
  readonly isHeld: boolean;
  /** Somebody else has asked for it within the last `leaseMs`. */
  readonly isContended: boolean;
}

/**
 * Leases kept in the service's database, by the database's clock. A lease keeps processes out of each other's way; it
 * cannot stop a holder that slept through its end, so whatever it guards needs a fence of its own.
 */
export interface Leases {
  /** Takes the lease when it is free or ran out, or prolongs the own one. Rejects when the database does not answer. */
  take(claim: LeaseClaim): Promise<LeaseAnswer>;
  /** Frees the lease if this process has it. */
  release(claim: Pick<LeaseClaim, 'name' | 'holder'>): Promise<void>;
}
