import { createHash } from 'node:crypto';
import type pg from 'pg';
import type { CreateOrder } from '#sut/contract/api.ts';
import type { OrderCreated } from '#sut/contract/messages.ts';
import { eventsTopic } from '#sut/contract/topics.ts';
import { HttpError } from '#sut/platform/http/http-error.ts';
import type { OutgoingMessage, Store } from '#sut/platform/store.ts';
import { newOrder, type Order } from './domain/order.ts';
import { insertOrder, lockOrder, type StoredOrder } from './order-rows.ts';

export interface PlaceOrder {
  readonly request: CreateOrder;
  /** The customer's name for this request, among his own; without one every request is an order of its own. */
  readonly idempotencyKey: string | undefined;
}

/**
 * Writes the order, its `order.created` event (which starts the saga) and the claim of the idempotency key in one
 * transaction. The same key with the same request gives the order that exists; with another request 422.
 */
export async function placeOrder(
  store: Store<pg.PoolClient>,
  newId: () => string,
  { request, idempotencyKey }: PlaceOrder,
): Promise<StoredOrder> {
  const order = newOrder(request, { orderId: newId(), sagaId: newId() });
  return store.transaction(async (unit) => {
    if (idempotencyKey !== undefined) {
      const claim = { userId: request.user_id, key: idempotencyKey, hash: hashOf(request), orderId: order.id };
      const earlier = await claimKey(unit.tx, claim);
      if (earlier !== undefined) return earlier;
    }
    await unit.publish(orderCreated(order));
    return insertOrder(unit.tx, order);
  });
}

interface KeyClaim {
  readonly userId: string;
  readonly key: string;
  readonly hash: string;
  readonly orderId: string;
}

/**
 * Claims the key before anything else is written: a request with the same key that runs at the same time waits here
 * until this transaction has ended. Resolves to the earlier order when the key is taken.
 */
async function claimKey(tx: pg.PoolClient, claim: KeyClaim): Promise<StoredOrder | undefined> {
  const claimed = await tx.query(
    `insert into idempotency_keys (user_id, key, request_hash, order_id) values ($1, $2, $3, $4) on conflict do nothing`,
    [claim.userId, claim.key, claim.hash, claim.orderId],
  );
  if (claimed.rowCount === 1) return undefined;
  const { rows } = await tx.query<{ request_hash: string; order_id: string }>(
    'select request_hash, order_id from idempotency_keys where user_id = $1 and key = $2',
    [claim.userId, claim.key],
  );
  const [taken] = rows;
  const order = taken && (await lockOrder(tx, taken.order_id));
  if (taken === undefined || order === undefined) throw new Error(`idempotency key without order: ${claim.key}`);
  if (taken.request_hash !== claim.hash) throw new HttpError(422, 'Idempotency-Key was used with another request');
  return order;
}

/** Of the request as it was understood, so that white space and the order of its fields do not matter. */
function hashOf(request: CreateOrder): string {
  const { user_id, items, card, currency, redeem_points } = request;
  const lines = items.map(({ product_id, quantity, price }) => [product_id, quantity, price]);
  return createHash('sha256')
    .update(JSON.stringify([user_id, lines, card, currency, redeem_points]))
    .digest('hex');
}

function orderCreated(order: Order): OutgoingMessage {
  const payload: OrderCreated = {
    saga_id: order.sagaId,
    order_id: order.id,
    user_id: order.userId,
    items: [...order.items],
    total_minor: order.totalMinor,
    redeem_points: order.redeemPoints,
    currency: order.currency,
    card: order.card,
  };
  return {
    topic: eventsTopic('order'),
    aggregateId: order.id,
    type: 'order.created',
    payload,
    sagaId: order.sagaId,
    orderId: order.id,
  };
}
