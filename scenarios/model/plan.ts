import type { Channel } from '#sut/contract/command-data.ts';
import type { Publisher, Topology } from '#sut/contract/components.ts';
import type { FaultSchedule, SagaPoint } from './fault-schedule.ts';

/**
 * One request of a client, as data. `id` is unique in the plan. A request with `after` waits until that request was
 * acknowledged, then `afterMs` more, and is left out when the other was not acknowledged; `atMs` is its earliest time. With `when`
 * the `afterMs` count from where the other's saga reaches that point.
 */
export interface TimedRequest {
  readonly id: string;
  readonly atMs: number;
  readonly op: string;
  readonly after?: string;
  readonly afterMs?: number;
  readonly when?: SagaPoint;
  readonly input: Readonly<Record<string, unknown>>;
}

export interface PlannedProduct {
  readonly id: string;
  readonly priceMinor: number;
  readonly stock: number;
}

/** A customer with a profile. */
export interface PlannedUser {
  readonly id: string;
  /** What all orders together may take. */
  readonly limitMinor: number;
  readonly channel: Channel;
}

export interface PlannedWallet {
  readonly userId: string;
  readonly points: number;
  /** Takes no money. */
  readonly isFrozen: boolean;
}

/** Everything that a run does, decided in advance: plain JSON, the same bytes for the same scenario and seed. */
export interface Plan {
  readonly formatVersion: 1;
  readonly scenario: string;
  readonly topology: Topology;
  readonly publisher: Publisher;
  readonly seed: number;
  readonly stormMs: number;
  readonly orders: number;
  readonly products: readonly PlannedProduct[];
  readonly users: readonly PlannedUser[];
  readonly wallets: readonly PlannedWallet[];
  /** Fault-free requests of the steady-state phase; times count from its begin. */
  readonly warmUp: readonly TimedRequest[];
  /** Requests of the storm; times count from its begin. */
  readonly requests: readonly TimedRequest[];
  readonly schedule: FaultSchedule;
}
