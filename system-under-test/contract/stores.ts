/**
 * Where each service keeps its state, for reading after a run. Columns and fields are those listed here;
 * amounts are integer minor units.
 *
 * PostgreSQL (one database per service, user `shop`):
 *   every service   outbox_events(id text, seq bigint, topic, aggregate_id, event_type, event_data jsonb, headers jsonb,
 *                   version int, created_at, processed_at null until relayed)
 *                   inbox(message_id, topic, outcome, handled_at)
 *   orders          orders(id, user_id, saga_id, status, total_minor, currency, items jsonb [{product_id, quantity,
 *                   price_minor}], card, redeem_points int, created_at, updated_at)
 *                   idempotency_keys(user_id, key, request_hash, order_id, created_at)
 *   payments        payments(id, saga_id, order_id, amount_minor, currency, card, status, reason, created_at, updated_at)
 *   sagas           sagas(id, type, order_id, state, step, data jsonb, version, …)
 *                   saga_transitions(saga_id, seq, from_state, to_state, step, reason, attempt, at, cause_id,
 *                   cause_saga_id, trace_id, event_ids text[])
 *                   payment_requests(a view: id = order_id of the saga, saga_id, user_id, key, request_hash, amount_minor, currency, card, created_at)
 *   users           users(id, name null until there is a profile, email, phone, preferred_channel, spending_limit_minor, spent_minor,
 *                   version int = number of its events, created_at, updated_at)
 *                   spending_holds(saga_id, order_id, user_id, amount_minor, status HELD|RELEASED|REJECTED, refusal jsonb, created_at,
 *                   updated_at); a release that came first leaves RELEASED with amount 0 and no event
 *   events          stored_events(position bigint, message_id, topic, partition int, "offset" bigint, aggregate_id, version int, type,
 *                   data jsonb, headers jsonb, stored_at); unique (message_id), unique (topic, aggregate_id, version)
 *
 * MongoDB (one database per service):
 *   every service   outbox_events{_id, topic, aggregate_id, event_type, event_data, headers, version, created_at, processed_at}
 *                   inbox{_id: message id, topic, outcome, handled_at}
 *   inventory       products{_id, product_id, available_stock, reserved_stock, total_stock, location, last_updated, version}
 *                   reservations{_id, product_id, order_id, saga_id, quantity, status, expires_at, created_at}
 *   notifications   notifications{_id, order_id, saga_id, kind, channel, status, created_at}
 *                   preferences{_id: user id, preferred_channel, version}
 *   wallets         wallets{_id: user id, points, balance_minor, frozen, version}, points and balance >= 0
 *                   entries{_id, user_id, version, saga_id or null, order_id or null, kind: grant|redeem|give-back|earn|top-up, points,
 *                   balance_minor, reason or null, created_at}: signed changes, append-only; version: of the wallet, which it made
 *                   operations{_id: saga id:kind, saga_id, order_id, user_id, kind: redeem|earn|top-up, points, balance_minor,
 *                   status: DONE|REJECTED|UNDONE, refusal or null, created_at, updated_at}: what each saga was answered
 *
 * `headers` holds the record's headers of `messages.ts`, `cause-id` and `traceparent` among them.
 */
export const STORES = {
  order: { engine: 'postgres', database: 'orders' },
  payment: { engine: 'postgres', database: 'payments' },
  orchestrator: { engine: 'postgres', database: 'sagas' },
  inventory: { engine: 'mongodb', database: 'inventory' },
  notification: { engine: 'mongodb', database: 'notifications' },
  user: { engine: 'postgres', database: 'users' },
  wallet: { engine: 'mongodb', database: 'wallets' },
  'event-store': { engine: 'postgres', database: 'events' },
} as const;
export type StoredService = keyof typeof STORES;

/** Role that owns the databases; loopback only, trust authentication. */
export const POSTGRES_USER = 'shop';
export const REPLICA_SET = 'rs0';
