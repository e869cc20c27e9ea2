import type { History } from '../history/history.ts';
import { memoize } from './memoize.ts';
import { firstAcknowledged, type Request, readRequest } from './request.ts';

/** One `start-payment` operation of the history. Its subject is the payment request. */
export interface StartPayment extends Request {
  readonly amountMinor: number;
}

/**
 * Every `start-payment` of a history, in the order of invocation: input `{ user_id, idempotency_key?, body_id?, amount_minor }`, output
 * `{ saga_id, payment_id }`. Throws when one of them is missing: such a history cannot be judged.
 */
export const startPayments = memoize((history: History): readonly StartPayment[] => {
  const found: StartPayment[] = [];
  for (const pair of history.pairs('start-payment')) {
    const [{ input, index }] = pair;
    const { amount_minor: amountMinor } = input;
    if (typeof amountMinor !== 'number') throw new Error(`start-payment at event ${index} has no amount_minor`);
    found.push({ ...readRequest(pair, 'payment_id'), amountMinor });
  }
  return found;
});

/** The acknowledged payments: payment request id -> the first `start-payment` that was answered with it. */
export const acknowledgedPayments = memoize(
  (history: History): ReadonlyMap<string, StartPayment> => firstAcknowledged(startPayments(history)),
);
