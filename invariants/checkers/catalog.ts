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

/** Every invariant by its name, in the order in which a report shows them. To add one: a file, its test, a line here. */
export const INVARIANTS = {
  'no-lost-orders': noLostOrders,
  'requests-are-idempotent': requestsAreIdempotent,
  'every-saga-ends': everySagaEnds,
  'saga-is-consistent': sagaIsConsistent,
  'no-double-charge': noDoubleCharge,
  'money-is-conserved': moneyIsConserved,
  'stock-is-conserved': stockIsConserved,
  'messages-once': messagesOnce,
  'outbox-exactly-once': outboxExactlyOnce,
  'order-is-kept': orderIsKept,
  'effects-exactly-once': effectsExactlyOnce,
  'event-store-is-complete': eventStoreIsComplete,
  'provenance-is-complete': provenanceIsComplete,
  'recovers-in-time': recoversInTime,
  'service-stays-up': serviceStaysUp,
  'nothing-left-behind': nothingLeftBehind,
} as const satisfies Record<string, Invariant>;

export type InvariantName = keyof typeof INVARIANTS;
