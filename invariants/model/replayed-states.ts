import { NO_AGGREGATE, recordAggregates } from './aggregates.ts';
import type { Harvest, StoredEventRow } from './harvest.ts';
import { inOrder } from './in-order.ts';
import { memoize } from './memoize.ts';
import { messageTable } from './message-table.ts';

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
const ENTRY_OF: Readonly<Record<string, string>> = {
  'wallet.granted': 'grant',
  'wallet.points-redeemed': 'redeem',
  'wallet.points-given-back': 'give-back',
  'wallet.points-credited': 'earn',
  'wallet.topped-up': 'top-up',
};

/** Type of wallet entry -> order (or user) -> how many. */
type EntryCounts = ReadonlyMap<string, ReadonlyMap<string, number>>;

/** What the event store says of the services' states. */
export interface ReplayedStates {
  /** By number of the aggregate (`recordAggregates`): status after its last event that tells one. */
  readonly statuses: readonly (string | undefined)[];
  /** Topic -> how many of its aggregates have a status. */
  readonly told: ReadonlyMap<string, number>;
  /** Order -> status of its hold. */
  readonly holds: ReadonlyMap<string, string>;
  readonly entriesByOrder: EntryCounts;
  readonly entriesByUser: EntryCounts;
}

/** The rows of the event store by position. */
export const storedInOrder = memoize((harvest: Harvest): readonly StoredEventRow[] =>
  inOrder(harvest.storedEvents, (row) => row.position),
);

/** Number of the message (`messageTable`) at each place of `storedInOrder`; -1 for one that nobody published. */
export const storedMessages = memoize((harvest: Harvest): Int32Array => {
  const messages = messageTable(harvest);
  return Int32Array.from(storedInOrder(harvest), ({ messageId }) => messages.numberOf(messageId));
});

/** Plays the event store from its first position to its last. */
export const replayedStates = memoize((harvest: Harvest): ReplayedStates => {
  const { aggregates } = recordAggregates(harvest);
  const statuses = new Array<string | undefined>(aggregates.count);
  const told = new Map<string, number>();
  const holds = new Map<string, string>();
  const entriesByOrder = new Map<string, Map<string, number>>();
  const entriesByUser = new Map<string, Map<string, number>>();
  storedInOrder(harvest).forEach((row, place) => {
    const { topic, aggregateId, type, orderId } = row;
    const status = STATUS_AFTER[type];
    if (status !== undefined) {
      const aggregate = aggregateOf(harvest, row, place);
      // What nobody published is a finding of its own.
      if (aggregate === NO_AGGREGATE) return;
      if (statuses[aggregate] === undefined) told.set(topic, (told.get(topic) ?? 0) + 1);
      statuses[aggregate] = status;
      return;
    }
    const hold = HOLD_AFTER[type];
    if (hold !== undefined) holds.set(orderId, hold);
    const kind = ENTRY_OF[type];
    if (kind === undefined) return;
    count(entriesByOrder, kind, orderId);
    count(entriesByUser, kind, aggregateId);
  });
  return { statuses, told, holds, entriesByOrder, entriesByUser };
});

/** Number of the aggregate that a stored event is about, by its own word. */
export function aggregateOf(harvest: Harvest, row: StoredEventRow, place: number): number {
  const { aggregates, ofMessage } = recordAggregates(harvest);
  const number = storedMessages(harvest)[place] ?? -1;
  const record = messageTable(harvest).record(number);
  const isAsPublished = record?.aggregateId === row.aggregateId && record.topic === row.topic;
  return isAsPublished ? (ofMessage[number] ?? NO_AGGREGATE) : aggregates.find(row.topic, row.aggregateId);
}

/** Counts one more. */
export function count(counts: Map<string, Map<string, number>>, kind: string, id: string): void {
  let ofKind = counts.get(kind);
  if (ofKind === undefined) {
    ofKind = new Map();
    counts.set(kind, ofKind);
  }
  ofKind.set(id, (ofKind.get(id) ?? 0) + 1);
}
