import type { Hold, HoldStatus, Line, Refusal } from './hold.ts';

/** What to tell whoever asked. */
export type Answer = { readonly outcome: 'done' } | ({ readonly outcome: 'rejected' } & Refusal);

/** `to` is the status that the hold gets; undefined when it keeps the one it has. */
export interface HoldDecision {
  readonly to: HoldStatus | undefined;
  readonly answer: Answer;
}

const DONE: Answer = { outcome: 'done' };
const done = (to?: HoldStatus): HoldDecision => ({ to, answer: DONE });
const rejected = (refusal: Refusal, to?: HoldStatus): HoldDecision => ({
  to,
  answer: { outcome: 'rejected', ...refusal },
});

/**
 * All lines or none. `available` holds the units of each known product; a product that is missing has none. The same
 * request again gets the same answer, and a hold that has ended is not opened again.
 */
export function decideReserve(
  hold: Hold | undefined,
  lines: readonly Line[],
  available: ReadonlyMap<string, number>,
): HoldDecision {
  if (hold !== undefined) {
    if (hold.status === 'RESERVED' || hold.status === 'CONFIRMED') return done();
    return rejected(hold.refusal ?? { reason: `reservation is ${hold.status}` });
  }
  for (const { productId, quantity } of lines) {
    const units = available.get(productId) ?? 0;
    if (units >= quantity) continue;
    const details = { product_id: productId, available: units, requested: quantity };
    return rejected({ reason: 'insufficient stock', details }, 'REJECTED');
  }
  return done('RESERVED');
}

/** Overdue is overdue, swept or not: the answer must not depend on how busy the sweeper is. */
export function decideConfirm(hold: Hold | undefined, nowMs: number): HoldDecision {
  if (hold === undefined) return rejected({ reason: 'nothing is reserved' });
  if (hold.status === 'CONFIRMED') return done();
  if (hold.status !== 'RESERVED') return rejected({ reason: `reservation is ${hold.status}` });
  return hold.expiresAtMs > nowMs ? done('CONFIRMED') : rejected({ reason: 'reservation is EXPIRED' }, 'EXPIRED');
}

/** Cancelling what never was leaves a tombstone, because the reservation may still be on its way. */
export function decideCancel(hold: Hold | undefined): HoldDecision {
  if (hold === undefined || hold.status === 'RESERVED') return done('CANCELLED');
  return hold.status === 'CONFIRMED' ? rejected({ reason: 'reservation is CONFIRMED' }) : done();
}

export function decideExpire(hold: Hold | undefined, nowMs: number): HoldDecision {
  return hold?.status === 'RESERVED' && hold.expiresAtMs <= nowMs ? done('EXPIRED') : done();
}
