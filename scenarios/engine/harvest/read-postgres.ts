import { z } from 'zod';
import type {
  IdempotencyKeyRow,
  InboxRow,
  OrderRow,
  OutboxRow,
  PaymentRequestRow,
  PaymentRow,
  SagaRow,
  SpendingHoldRow,
  StoredEventRow,
  TransitionRow,
  UserRow,
} from '#invariants/model/harvest.ts';
import { HEADERS } from '#sut/contract/messages.ts';
import { harvestSchema } from '../bundle/harvest-schema.ts';
import type { PostgresService, Stores } from '../stores/stores.ts';
import { traceIdOf } from './trace-id.ts';

const rows = harvestSchema.shape;
const count = z.coerce.number();

export async function readOrders(stores: Stores): Promise<readonly OrderRow[]> {
  const item = z
    .object({ product_id: z.string(), quantity: count, price_minor: count })
    .transform((one) => ({ productId: one.product_id, quantity: one.quantity, priceMinor: one.price_minor }));
  const row = z
    .object({
      id: z.string(),
      userId: z.string(),
      sagaId: z.string(),
      status: z.string(),
      totalMinor: count,
      redeemPoints: count,
      currency: z.string(),
      items: z.array(item),
    })
    .pipe(rows.orders.element);
  return z.array(row).parse(
    await stores.rows(
      'order',
      `select id, user_id as "userId", saga_id as "sagaId", status, total_minor as "totalMinor",
          redeem_points as "redeemPoints", currency, items from orders order by id`,
    ),
  );
}

export async function readIdempotencyKeys(stores: Stores): Promise<readonly IdempotencyKeyRow[]> {
  const sql = 'select user_id as "userId", key, order_id as "orderId" from idempotency_keys order by user_id, key';
  return rows.idempotencyKeys.parse(await stores.rows('order', sql));
}

export async function readSagas(stores: Stores): Promise<readonly SagaRow[]> {
  const sql = 'select id, type, order_id as "orderId", state, version::int as version from sagas order by id';
  return rows.sagas.parse(await stores.rows('orchestrator', sql));
}

export async function readTransitions(stores: Stores): Promise<readonly TransitionRow[]> {
  const sql = `select saga_id as "sagaId", seq::int as seq, from_state as "from", to_state as "to", step, reason, attempt::int as attempt,
      (extract(epoch from at) * 1000)::float8 as "atMs", coalesce(cause_id, '') as "causeId",
      coalesce(cause_saga_id, '') as "causeSagaId", coalesce(trace_id, '') as "traceId"
    from saga_transitions order by saga_id, seq`;
  return rows.transitions.parse(await stores.rows('orchestrator', sql));
}

export async function readPayments(stores: Stores): Promise<readonly PaymentRow[]> {
  const sql =
    'select id, order_id as "orderId", amount_minor::float8 as "amountMinor", status from payments order by id';
  return rows.payments.parse(await stores.rows('payment', sql));
}

export async function readPaymentRequests(stores: Stores): Promise<readonly PaymentRequestRow[]> {
  // A request without a key is a payment of its own.
  const sql = `select id, saga_id as "sagaId", user_id as "userId", coalesce(key, '') as key, amount_minor::float8 as "amountMinor"
    from payment_requests order by id`;
  return rows.paymentRequests.parse(await stores.rows('orchestrator', sql));
}

export async function readUsers(stores: Stores): Promise<readonly UserRow[]> {
  const sql = `select id, spending_limit_minor::float8 as "limitMinor", spent_minor::float8 as "spentMinor" from users order by id`;
  return rows.users.parse(await stores.rows('user', sql));
}

export async function readSpendingHolds(stores: Stores): Promise<readonly SpendingHoldRow[]> {
  const sql = `select saga_id as "sagaId", order_id as "orderId", user_id as "userId", amount_minor::float8 as "amountMinor", status
    from spending_holds order by saga_id`;
  return rows.spendingHolds.parse(await stores.rows('user', sql));
}

export async function readStoredEvents(stores: Stores): Promise<readonly StoredEventRow[]> {
  const sql = `select position::float8 as position, message_id as "messageId", topic, aggregate_id as "aggregateId", version::int as version,
      type, coalesce(headers ->> '${HEADERS.orderId}', '') as "orderId"
    from stored_events order by position`;
  return rows.storedEvents.parse(await stores.rows('event-store', sql));
}

const outboxSchema = z
  .object({
    id: z.string(),
    topic: z.string(),
    aggregateId: z.string(),
    type: z.string(),
    version: count,
    headers: z.record(z.string(), z.unknown()),
    processed: z.boolean(),
  })
  .transform(({ headers, ...row }) => ({
    ...row,
    causeId: text(headers[HEADERS.causeId]),
    orderId: text(headers[HEADERS.orderId]),
    traceId: traceIdOf(text(headers[HEADERS.traceparent])),
  }));

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Rows of an outbox, whichever engine they come from, once their columns have these names. */
export const parseOutbox = (service: string, found: readonly unknown[]): readonly OutboxRow[] =>
  z
    .array(outboxSchema)
    .parse(found)
    .map((row) => ({ service, ...row }));

export async function readPostgresOutbox(stores: Stores, service: PostgresService): Promise<readonly OutboxRow[]> {
  const sql = `select id, topic, aggregate_id as "aggregateId", event_type as "type", version, headers, processed_at is not null as processed
    from outbox_events order by topic, aggregate_id, version`;
  return parseOutbox(service, await stores.rows(service, sql));
}

export async function readPostgresInbox(stores: Stores, service: PostgresService): Promise<readonly InboxRow[]> {
  const sql = `select '${service}' as service, message_id as "messageId", topic, outcome from inbox order by message_id`;
  return rows.inbox.parse(await stores.rows(service, sql));
}
