import type { EventSource } from '#sut/contract/topics.ts';
import { type Fold, overlay } from './fold.ts';

/** How the aggregates of each topic are made of their events. */
export const FOLDS: Readonly<Record<EventSource, Fold>> = {
  order: overlay(
    ['user_id', 'saga_id', 'status', 'total_minor', 'currency', 'items', 'card', 'redeem_points'],
    // It does not say what every new order is.
    { 'order.created': 'PENDING' },
  ),
  payment: overlay(['saga_id', 'order_id', 'amount_minor', 'currency', 'status', 'reason']),
  inventory: overlay(['product_id', 'order_id', 'saga_id', 'quantity', 'status']),
  notification: overlay(['order_id', 'saga_id', 'user_id', 'kind', 'channel', 'reason'], {
    'notification.sent': 'SENT',
    'notification.failed': 'FAILED',
  }),
  user: overlay(['name', 'email', 'phone', 'preferred_channel', 'spending_limit_minor', 'spent_minor']),
  wallet: overlay(['points', 'balance_minor', 'frozen']),
  orchestrator: overlay(['type', 'order_id', 'state', 'reason']),
};
