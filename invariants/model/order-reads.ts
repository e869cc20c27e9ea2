import type { History } from '../history/history.ts';
import { memoize } from './memoize.ts';

/** A `get-order` that a client was answered; `events` are the indexes of question and answer. */
export interface OrderRead {
  readonly orderId: string;
  readonly events: readonly [number, number];
}

/** The reads that bind the system: the first of each kind per order, and every one that did not find its order. */
export interface OrderReads {
  readonly confirmed: ReadonlyMap<string, OrderRead>;
  readonly cancelled: ReadonlyMap<string, OrderRead>;
  readonly notFound: readonly OrderRead[];
}

export const orderReads = memoize((history: History): OrderReads => {
  const confirmed = new Map<string, OrderRead>();
  const cancelled = new Map<string, OrderRead>();
  const notFound: OrderRead[] = [];
  for (const [{ index, input }, answer] of history.pairs('get-order')) {
    if (answer === undefined || typeof input.order_id !== 'string') continue;
    const orderId = input.order_id;
    if (answer.type === 'ok') {
      const status = answer.output?.status;
      const reads = status === 'CONFIRMED' ? confirmed : status === 'CANCELLED' ? cancelled : undefined;
      if (reads?.has(orderId) === false) reads.set(orderId, { orderId, events: [index, answer.index] });
    } else if (answer.type === 'fail' && answer.error?.startsWith('404')) {
      notFound.push({ orderId, events: [index, answer.index] });
    }
  }
  return { confirmed, cancelled, notFound };
});
