import type { AcquirerEntry, Harvest } from './harvest.ts';
import { inOrder } from './in-order.ts';
import { memoize } from './memoize.ts';

/** What the acquirer's ledger says about one order. Amounts in minor units. */
export interface LedgerTally {
  captures: number;
  refunds: number;
  capturedMinor: number;
  refundedMinor: number;
  /** Most captures that stood un-refunded at one time: more than one is a double charge, even if undone later. */
  maxStanding: number;
  readonly entries: AcquirerEntry[];
}

/** The acquirer's ledger by order, tallied in the order of `seq`. */
export const ledgerByOrder = memoize((harvest: Harvest): ReadonlyMap<string, LedgerTally> => {
  const tallies = new Map<string, LedgerTally>();
  for (const entry of inOrder(harvest.acquirer, (line) => line.seq)) {
    let tally = tallies.get(entry.orderId);
    if (tally === undefined) {
      tally = { captures: 0, refunds: 0, capturedMinor: 0, refundedMinor: 0, maxStanding: 0, entries: [] };
      tallies.set(entry.orderId, tally);
    }
    tally.entries.push(entry);
    if (entry.kind === 'capture') {
      tally.captures += 1;
      tally.capturedMinor += entry.amountMinor;
      tally.maxStanding = Math.max(tally.maxStanding, tally.captures - tally.refunds);
    } else if (entry.kind === 'refund') {
      tally.refunds += 1;
      tally.refundedMinor += entry.amountMinor;
    }
  }
  return tallies;
});

export const netMinor = (tally: LedgerTally | undefined): number =>
  tally === undefined ? 0 : tally.capturedMinor - tally.refundedMinor;
