import fc, { type Arbitrary } from 'fast-check';
import { CHANNELS } from '#sut/contract/command-data.ts';
import type { PlannedUser, PlannedWallet } from '../../model/plan.ts';

/** Customers of a run, `user-1` … */
export const CUSTOMERS = 25;
/** Shares of them. The last ones have no profile: they get theirs with their first order, several orders racing for it. */
const TIGHT = 5;
const WITHOUT_PROFILE = 4;
const WITHOUT_WALLET = 8;
/** The wallet that takes no money. */
export const FROZEN_CUSTOMER = 3;

/** No order of a run comes near it. */
const AMPLE_LIMIT_MINOR = 500_000_000;

export const customerId = (number: number): string => `user-${number}`;

/** Profiles and wallets as they are before the first request. */
export interface Customers {
  readonly users: readonly PlannedUser[];
  readonly wallets: readonly PlannedWallet[];
}

/**
 * The first customers may spend so little that some of their orders are refused (`orders` of all customers together). Most have a
 * wallet with points; some have neither profile nor wallet.
 */
export function drawCustomers(orders: number): Arbitrary<Customers> {
  const ordersEach = Math.max(1, orders / CUSTOMERS);
  const tightLimit = fc.integer({ min: 5_000, max: Math.round(20_000 * ordersEach) });
  const numbers = Array.from({ length: CUSTOMERS }, (_, index) => index + 1);
  const users = numbers.slice(0, CUSTOMERS - WITHOUT_PROFILE).map((number) =>
    fc.record({
      id: fc.constant(customerId(number)),
      limitMinor: number <= TIGHT ? tightLimit : fc.constant(AMPLE_LIMIT_MINOR),
      channel: fc.constantFrom(...CHANNELS),
    }),
  );
  const wallets = numbers.slice(0, CUSTOMERS - WITHOUT_WALLET).map((number) =>
    fc.record({
      userId: fc.constant(customerId(number)),
      points: fc.integer({ min: 1, max: Math.round(1_500 * ordersEach) }),
      isFrozen: fc.constant(number === FROZEN_CUSTOMER),
    }),
  );
  return fc.record({ users: fc.tuple(...users), wallets: fc.tuple(...wallets) });
}
