import type { Invariant } from '../model/invariant.ts';
import { effectsExactlyOnce } from './effects-exactly-once.ts';
import { eventStoreIsComplete } from './event-store-is-complete.ts';
import { everySagaEnds } from './every-saga-ends.ts';
import { messagesOnce } from './messages-once.ts';
import { moneyIsConserved } from './money-is-conserved.ts';
import { noDoubleCharge } from './no-double-charge.ts';
import { noLostOrders } from './no-lost-orders.ts';
import { nothingLeftBehind } from './nothing-left-behind.ts';
import { orderIsKept } from './order-is-kept.ts';
import { outboxExactlyOnce } from './outbox-exactly-once.ts';
import { provenanceIsComplete } from './provenance-is-complete.ts';
import { recoversInTime } from './recovers-in-time.ts';
import { requestsAreIdempotent } from './requests-are-idempotent.ts';
import { sagaIsConsistent } from './saga-is-consistent.ts';
import { serviceStaysUp } from './service-stays-up.ts';
import { stockIsConserved } from './stock-is-conserved.ts';

/**
 * Every invariant by its name, in the order in which a report shows them; every scenario of the shop judges all of them. To add
 * one: a file, its test, a line here, and what the recipe in CONTRIBUTING says of examples and documents.
 */
export const INVARIANTS = {
  'no-double-charge': noDoubleCharge,
  'every-saga-ends': everySagaEnds,
  'saga-is-consistent': sagaIsConsistent,
  'stock-is-conserved': stockIsConserved,
  'money-is-conserved': moneyIsConserved,
  'no-lost-orders': noLostOrders,
  'requests-are-idempotent': requestsAreIdempotent,
  'outbox-exactly-once': outboxExactlyOnce,
  'order-is-kept': orderIsKept,
  'effects-exactly-once': effectsExactlyOnce,
  'event-store-is-complete': eventStoreIsComplete,
  'messages-once': messagesOnce,
  'provenance-is-complete': provenanceIsComplete,
  'recovers-in-time': recoversInTime,
  'service-stays-up': serviceStaysUp,
  'nothing-left-behind': nothingLeftBehind,
} as const satisfies Record<string, Invariant>;

export type InvariantName = keyof typeof INVARIANTS;
