import type {
  Harvest,
  InboxRow,
  NotificationRow,
  OrderRow,
  OutboxRow,
  PaymentRequestRow,
  PaymentRow,
  ReservationRow,
  SagaRow,
  SpendingHoldRow,
  WalletEntryRow,
} from './harvest.ts';
import { memoize } from './memoize.ts';

/** Look-ups into a harvest, each made once per harvest on first use. Where an id stands twice the first row counts. */
export const ordersById = memoize((harvest: Harvest): ReadonlyMap<string, OrderRow> => firstById(harvest.orders));
export const paymentRequestsById = memoize(
  (harvest: Harvest): ReadonlyMap<string, PaymentRequestRow> => firstById(harvest.paymentRequests),
);
export const sagasById = memoize((harvest: Harvest): ReadonlyMap<string, SagaRow> => firstById(harvest.sagas));
type ByOrder<Row> = ReadonlyMap<string, readonly Row[]>;
export const sagasByOrder = memoize((harvest: Harvest): ByOrder<SagaRow> => byOrder(harvest.sagas));
export const reservationsByOrder = memoize(
  (harvest: Harvest): ByOrder<ReservationRow> => byOrder(harvest.reservations),
);
export const paymentsByOrder = memoize((harvest: Harvest): ByOrder<PaymentRow> => byOrder(harvest.payments));
export const notificationsByOrder = memoize(
  (harvest: Harvest): ByOrder<NotificationRow> => byOrder(harvest.notifications),
);
type BySaga<Row> = ReadonlyMap<string, readonly Row[]>;
export const holdsBySaga = memoize(
  (harvest: Harvest): BySaga<SpendingHoldRow> => groupBy(harvest.spendingHolds, (hold) => hold.sagaId),
);
/** Grants, which belong to no saga, stand under the empty id. */
export const entriesBySaga = memoize(
  (harvest: Harvest): BySaga<WalletEntryRow> => groupBy(harvest.walletEntries, (entry) => entry.sagaId),
);
export const outboxByOrder = memoize((harvest: Harvest): ByOrder<OutboxRow> => byOrder(harvest.outbox));

export const inboxByMessage = memoize(
  (harvest: Harvest): ReadonlyMap<string, readonly InboxRow[]> => groupBy(harvest.inbox, (row) => row.messageId),
);
export const outboxByCause = memoize((harvest: Harvest): ReadonlyMap<string, readonly OutboxRow[]> => {
  const groups = groupBy(harvest.outbox, (row) => row.causeId);
  groups.delete('');
  return groups;
});

function firstById<Row extends { readonly id: string }>(rows: readonly Row[]): Map<string, Row> {
  const map = new Map<string, Row>();
  for (const row of rows) if (!map.has(row.id)) map.set(row.id, row);
  return map;
}

function byOrder<Row extends { readonly orderId: string }>(rows: readonly Row[]): Map<string, Row[]> {
  return groupBy(rows, (row) => row.orderId);
}

/** Rows by key, in their own order within a group. */
export function groupBy<Row>(rows: readonly Row[], keyOf: (row: Row) => string): Map<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const key = keyOf(row);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  return groups;
}
