import type { Harvest, StoredEventRow } from './harvest.ts';
import { inOrder } from './in-order.ts';
import { memoize } from './memoize.ts';

/** Type of an event -> the status that it leaves its aggregate in. Types that are missing change none. */
const STATUS_AFTER: Readonly<Record<string, string>> = {
  'order.created': 'PENDING',
  'order.confirmed': 'CONFIRMED',
  'order.cancelled': 'CANCELLED',
  'payment.captured': 'CAPTURED',
  'payment.declined': 'DECLINED',
  'payment.refunded': 'REFUNDED',
  'payment.voided': 'VOIDED',
  'stock.reserved': 'RESERVED',
  'stock.confirmed': 'CONFIRMED',
  'stock.cancelled': 'CANCELLED',
  'stock.expired': 'EXPIRED',
  'notification.sent': 'SENT',
  'notification.failed': 'FAILED',
  'saga.started': 'RUNNING',
  'saga.compensating': 'COMPENSATING',
  'saga.completed': 'COMPLETED',
  'saga.compensated': 'COMPENSATED',
};

/** Events about a user that are facts about an order's hold, and the status that they leave the hold in. */
const HOLD_AFTER: Readonly<Record<string, string>> = {
  'user.limit-held': 'HELD',
  'user.limit-released': 'RELEASED',
  'user.limit-rejected': 'REJECTED',
};

/** Events about a wallet that tell of an entry, and its kind. */
export const ENTRY_OF: Readonly<Record<string, string>> = {
  'wallet.granted': 'grant',
  'wallet.points-redeemed': 'redeem',
  'wallet.points-given-back': 'give-back',
  'wallet.points-credited': 'earn',
  'wallet.topped-up': 'top-up',
};

/** What the event store says of the services' states. */
export interface ReplayedStates {
  /** Topic -> aggregate -> status after its last event that tells one. */
  readonly statuses: ReadonlyMap<string, ReadonlyMap<string, string>>;
  /** Order -> status of its hold. */
  readonly holds: ReadonlyMap<string, string>;
  /** Kind, user and order of entries (`entryKey`) -> how many events told of one. */
  readonly entries: ReadonlyMap<string, number>;
}

export const storedInOrder = memoize((harvest: Harvest): readonly StoredEventRow[] =>
  inOrder(harvest.storedEvents, (row) => row.position),
);

/** Ids may hold spaces, but no control characters. */
export const entryKey = (kind: string, userId: string, orderId: string): string => `${kind}\n${userId}\n${orderId}`;

/** Plays the event store from its first position to its last. */
export const replayedStates = memoize((harvest: Harvest): ReplayedStates => {
  const statuses = new Map<string, Map<string, string>>();
  const holds = new Map<string, string>();
  const entries = new Map<string, number>();
  for (const { topic, aggregateId, type, orderId } of storedInOrder(harvest)) {
    const status = STATUS_AFTER[type];
    if (status !== undefined) {
      let ofTopic = statuses.get(topic);
      if (ofTopic === undefined) {
        ofTopic = new Map();
        statuses.set(topic, ofTopic);
      }
      ofTopic.set(aggregateId, status);
      continue;
    }
    const hold = HOLD_AFTER[type];
    if (hold !== undefined) holds.set(orderId, hold);
    const kind = ENTRY_OF[type];
    if (kind === undefined) continue;
    const key = entryKey(kind, aggregateId, orderId);
    entries.set(key, (entries.get(key) ?? 0) + 1);
  }
  return { statuses, holds, entries };
});
