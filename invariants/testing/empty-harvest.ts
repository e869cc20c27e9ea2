import type { Harvest } from '../model/harvest.ts';

/** A harvest of a system that was never used, with what the test gives. */
export function harvestOf(given: Partial<Harvest> = {}): Harvest {
  return {
    orders: [],
    idempotencyKeys: [],
    sagas: [],
    transitions: [],
    products: [],
    reservations: [],
    payments: [],
    notifications: [],
    users: [],
    spendingHolds: [],
    wallets: [],
    walletEntries: [],
    paymentRequests: [],
    storedEvents: [],
    acquirer: [],
    deliveries: [],
    outbox: [],
    inbox: [],
    topics: [],
    subscriptions: [],
    unreadable: [],
    ...given,
  };
}
