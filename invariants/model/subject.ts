import type { Harvest } from './harvest.ts';
import { sagasById, sagasByOrder } from './harvest-index.ts';
import { memoize } from './memoize.ts';

/** What a saga is about and a card is charged for: an order, or a payment that a client asked for. */
export interface Subject {
  readonly id: string;
  readonly kind: 'order' | 'payment';
  readonly userId: string;
  readonly sagaId: string;
  /** What the card has to be charged: an order's total without the points, the amount of a payment. */
  readonly chargedMinor: number;
  /** `paid`: it came off and the charge stands; `unpaid`: it did not, and no money may be kept; `open`: not decided yet. */
  readonly outcome: 'paid' | 'unpaid' | 'open';
}

const ORDER_OUTCOMES = { CONFIRMED: 'paid', CANCELLED: 'unpaid', PENDING: 'open' } as const;
const SAGA_OUTCOMES = { COMPLETED: 'paid', COMPENSATED: 'unpaid', RUNNING: 'open', COMPENSATING: 'open' } as const;

/** Every order and every payment request by its id. Where an id stands twice the first row counts. */
export const subjectsById = memoize((harvest: Harvest): ReadonlyMap<string, Subject> => {
  const subjects = new Map<string, Subject>();
  for (const { id, userId, sagaId, totalMinor, redeemPoints, status } of harvest.orders) {
    if (subjects.has(id)) continue;
    const chargedMinor = totalMinor - redeemPoints;
    subjects.set(id, { id, kind: 'order', userId, sagaId, chargedMinor, outcome: ORDER_OUTCOMES[status] });
  }
  for (const { id, userId, sagaId, amountMinor } of harvest.paymentRequests) {
    if (subjects.has(id)) continue;
    // A payment request has no state of its own: its saga's is what a client is told.
    const state = sagasById(harvest).get(sagaId)?.state;
    const outcome = state === undefined ? 'open' : SAGA_OUTCOMES[state];
    subjects.set(id, { id, kind: 'payment', userId, sagaId, chargedMinor: amountMinor, outcome });
  }
  return subjects;
});

/** How a report calls what a saga is about: `order o1`, `payment payment-1`. */
export function nameOf(harvest: Harvest, subjectId: string): string {
  const kind = subjectsById(harvest).get(subjectId)?.kind ?? sagasByOrder(harvest).get(subjectId)?.[0]?.type ?? 'order';
  return `${kind} ${subjectId}`;
}

export const isEnded = ({ state }: { readonly state: string }): boolean =>
  state === 'COMPLETED' || state === 'COMPENSATED';
