import type { Harvest, SagaRow } from '../model/harvest.ts';
import { holdsBySaga } from '../model/harvest-index.ts';
import { isEnded, subjectsById } from '../model/subject.ts';

/**
 * What is wrong with what a saga that has ended holds of its user's spending limit; undefined when nothing is. A completed order
 * holds once what the card was charged, a compensated one nothing, a payment never anything.
 */
export function holdDifference(harvest: Harvest, saga: SagaRow): string | undefined {
  const subject = subjectsById(harvest).get(saga.orderId);
  if (subject === undefined || !isEnded(saga)) return undefined;
  let isHeld = false;
  for (const { amountMinor, status, userId } of holdsBySaga(harvest).get(saga.id) ?? []) {
    // A tombstone does not know what was asked for.
    if (amountMinor !== subject.chargedMinor && (status === 'HELD' || amountMinor !== 0)) {
      return `${amountMinor} of the spending limit are ${status}, the card was to be charged ${subject.chargedMinor}`;
    }
    if (status !== 'HELD') continue;
    if (saga.state === 'COMPENSATED') return `${amountMinor} of the spending limit are still HELD`;
    if (subject.kind === 'payment') return `${amountMinor} of the spending limit are HELD for a payment`;
    if (isHeld) return 'it holds its spending limit twice';
    if (userId !== subject.userId) return `the spending limit of ${userId} is HELD, not that of ${subject.userId}`;
    isHeld = true;
  }
  const isDue = saga.state === 'COMPLETED' && subject.kind === 'order';
  return isDue && !isHeld ? 'nothing of the spending limit is HELD' : undefined;
}
