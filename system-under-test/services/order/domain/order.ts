import type { CreateOrder } from '#sut/contract/api.ts';
import { toMinorUnits } from '#sut/platform/money.ts';

export type OrderStatus = 'PENDING' | 'CONFIRMED' | 'CANCELLED';

export interface OrderItem {
  readonly product_id: string;
  readonly quantity: number;
  readonly price_minor: number;
}

/** An order as it is decided on; when it was written is the database's business. */
export interface Order {
  readonly id: string;
  readonly userId: string;
  readonly sagaId: string;
  readonly status: OrderStatus;
  readonly totalMinor: number;
  /** Loyalty points that pay for part of it, each one minor unit; at most the total. */
  readonly redeemPoints: number;
  readonly currency: string;
  readonly items: readonly OrderItem[];
  readonly card: string;
}

/** A new order for what the customer asked, PENDING until its saga ends. */
export function newOrder(request: CreateOrder, ids: { readonly orderId: string; readonly sagaId: string }): Order {
  const items = request.items.map(({ product_id, quantity, price }) => ({
    product_id,
    quantity,
    price_minor: toMinorUnits(price),
  }));
  return {
    id: ids.orderId,
    userId: request.user_id,
    sagaId: ids.sagaId,
    status: 'PENDING',
    totalMinor: totalMinorOf(request.items),
    redeemPoints: request.redeem_points,
    currency: request.currency,
    items,
    card: request.card,
  };
}

/** Sum of the items as the API has them, in minor units, exactly. */
export const totalMinorOf = (items: CreateOrder['items']): number =>
  items.reduce((sum, { quantity, price }) => sum + toMinorUnits(price) * quantity, 0);

/** What the saga may ask of an order. */
export const ORDER_ACTIONS = ['confirm', 'cancel'] as const;
export type OrderAction = (typeof ORDER_ACTIONS)[number];

/** `changed`: to be written; `unchanged`: it is so already (the command came again); `rejected`: not allowed. */
export type OrderDecision =
  | { readonly kind: 'changed'; readonly status: OrderStatus }
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'rejected'; readonly reason: string };

const GOAL = { confirm: 'CONFIRMED', cancel: 'CANCELLED' } as const;

/**
 * PENDING -> CONFIRMED and PENDING -> CANCELLED are all that ever happens to an order. A cancelled order stays
 * cancelled, so a confirmation that comes after its compensation does nothing.
 */
export function decide(
  order: Pick<Order, 'status' | 'sagaId'> | undefined,
  action: OrderAction,
  sagaId: string,
): OrderDecision {
  if (order === undefined) return { kind: 'rejected', reason: 'no such order' };
  if (order.sagaId !== sagaId) return { kind: 'rejected', reason: 'order belongs to another saga' };
  const goal = GOAL[action];
  if (order.status === goal) return { kind: 'unchanged' };
  if (order.status !== 'PENDING') return { kind: 'rejected', reason: `order is ${order.status}` };
  return { kind: 'changed', status: goal };
}
