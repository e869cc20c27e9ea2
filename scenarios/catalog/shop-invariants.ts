import type { InvariantName } from '#invariants/checkers/catalog.ts';

/** What must hold of the shop whatever is done to it. */
export const SHOP_INVARIANTS: readonly InvariantName[] = [
  'no-double-charge',
  'every-saga-ends',
  'saga-is-consistent',
  'stock-is-conserved',
  'money-is-conserved',
  'no-lost-orders',
  'requests-are-idempotent',
  'outbox-exactly-once',
  'order-is-kept',
  'effects-exactly-once',
  'event-store-is-complete',
  'messages-once',
  'provenance-is-complete',
  'recovers-in-time',
  'service-stays-up',
  'nothing-left-behind',
];
