import type { History } from '../history/history.ts';
import { memoize } from './memoize.ts';
import { firstAcknowledged, type Request, readRequest } from './request.ts';

export interface AskedItem {
  readonly productId: string;
  readonly quantity: number;
  readonly priceMinor: number;
}

/** One `place-order` operation of the history, as the client meant it and as it ended. Its subject is the order. */
export interface PlaceOrder extends Request {
  readonly items: readonly AskedItem[];
  /** Points that the client wanted to pay with; 0 when it did not say. */
  readonly redeemPoints: number;
}

/**
 * Every `place-order` of a history, in the order of invocation. Throws when an input or an acknowledgement lacks what the
 * workload promises to record: such a history cannot be judged.
 */
export const placeOrders = memoize((history: History): readonly PlaceOrder[] => {
  const found: PlaceOrder[] = [];
  for (const pair of history.pairs('place-order')) {
    const [{ input, index }] = pair;
    found.push({
      ...readRequest(pair, 'order_id'),
      items: items(input.items, index),
      redeemPoints: points(input.redeem_points ?? 0, index),
    });
  }
  return found;
});

/** The acknowledged orders: order id -> the first `place-order` that was answered with it. */
export const acknowledgedOrders = memoize(
  (history: History): ReadonlyMap<string, PlaceOrder> => firstAcknowledged(placeOrders(history)),
);

function points(value: unknown, index: number): number {
  if (typeof value !== 'number') throw new Error(`place-order at event ${index} has redeem_points that are no number`);
  return value;
}

function items(value: unknown, index: number): readonly AskedItem[] {
  if (!Array.isArray(value)) throw new Error(`place-order at event ${index} has no items`);
  return value.map((item: unknown) => {
    const fields = typeof item === 'object' && item !== null ? (item as Readonly<Record<string, unknown>>) : {};
    const { product_id: productId, quantity, price_minor: priceMinor } = fields;
    if (typeof productId !== 'string' || typeof quantity !== 'number' || typeof priceMinor !== 'number') {
      throw new Error(`place-order at event ${index} has an item without product_id, quantity or price_minor`);
    }
    return { productId, quantity, priceMinor };
  });
}
