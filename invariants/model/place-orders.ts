import type { History } from '../history/history.ts';
import { memoize } from './memoize.ts';

export interface AskedItem {
  readonly productId: string;
  readonly quantity: number;
  readonly priceMinor: number;
}

/** One `place-order` operation of the history, as the client meant it and as it ended. */
export interface PlaceOrder {
  readonly invocation: number;
  /** Index of the completion; the invocation's own index while it is open. */
  readonly completion: number;
  readonly end: 'ok' | 'fail' | 'info' | 'open';
  readonly userId: string;
  /** Empty when the client sent none. */
  readonly key: string;
  readonly bodyId: string;
  readonly items: readonly AskedItem[];
  /** Ids that the client was given; empty unless `end` is `ok`. */
  readonly orderId: string;
  readonly sagaId: string;
}

/**
 * Every `place-order` of a history, in the order of invocation. Throws when an input or an acknowledgement lacks what the
 * workload promises to record: such a history cannot be judged.
 */
export const placeOrders = memoize((history: History): readonly PlaceOrder[] => {
  const found: PlaceOrder[] = [];
  for (const [invocation, completion] of history.pairs('place-order')) {
    const { input, index } = invocation;
    const output = completion?.type === 'ok' ? (completion.output ?? {}) : undefined;
    found.push({
      invocation: index,
      completion: completion?.index ?? index,
      end: completion?.type ?? 'open',
      userId: text(input.user_id, 'user_id', index),
      key: text(input.idempotency_key ?? '', 'idempotency_key', index),
      bodyId: text(input.body_id ?? '', 'body_id', index),
      items: items(input.items, index),
      orderId: output === undefined ? '' : text(output.order_id, 'order_id', index),
      sagaId: output === undefined ? '' : text(output.saga_id, 'saga_id', index),
    });
  }
  return found;
});

/** The acknowledged orders: order id -> the first `place-order` that was answered with it. */
export const acknowledgements = memoize((history: History): ReadonlyMap<string, PlaceOrder> => {
  const first = new Map<string, PlaceOrder>();
  for (const request of placeOrders(history)) {
    if (request.end === 'ok' && !first.has(request.orderId)) first.set(request.orderId, request);
  }
  return first;
});

/** The events that prove that an order was asked for and acknowledged; empty when no client saw it. */
export function acknowledgementOf(history: History, orderId: string): readonly number[] {
  const request = acknowledgements(history).get(orderId);
  return request === undefined ? [] : [request.invocation, request.completion];
}

function text(value: unknown, field: string, index: number): string {
  if (typeof value !== 'string') throw new Error(`place-order at event ${index} has no ${field}`);
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
