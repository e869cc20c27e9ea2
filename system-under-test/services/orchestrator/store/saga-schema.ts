/**
 * Tables of the orchestrator. `version` is the number of the saga's last transition: every save adds at least one, so
 * it serves as the optimistic lock as well. `fence` grows whenever the lease is taken (Kleppmann, "How to do distributed
 * locking", 2016), `deadline` is what makes timers survive a restart. `saga_requests` remembers the clients' requests that
 * started sagas, of every type; the view shows those of the payment saga by column.
 */
export const SAGA_SCHEMA = `
create table if not exists sagas (
  id text primary key,
  type text not null,
  order_id text not null,
  state text not null check (state in ('RUNNING', 'COMPENSATING', 'COMPLETED', 'COMPENSATED')),
  step text not null,
  attempt int not null,
  pending jsonb not null,
  data jsonb not null,
  failure text not null,
  asked_at timestamptz not null,
  deadline timestamptz,
  version int not null,
  traceparent text,
  lease_owner text not null,
  lease_incarnation bigint not null,
  lease_until timestamptz not null,
  fence bigint not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index if not exists sagas_by_deadline on sagas (deadline) where deadline is not null;
create index if not exists outbox_events_by_saga on outbox_events (aggregate_id);
create table if not exists saga_transitions (
  saga_id text not null references sagas (id),
  seq int not null,
  from_state text not null,
  to_state text not null,
  step text not null,
  reason text not null,
  attempt int not null,
  at timestamptz not null,
  cause_id text not null,
  cause_saga_id text not null,
  trace_id text not null,
  event_ids text[] not null,
  primary key (saga_id, seq)
);
create table if not exists saga_requests (
  id text primary key,
  type text not null,
  saga_id text not null unique references sagas (id) deferrable initially deferred,
  user_id text not null,
  key text,
  request_hash text not null,
  data jsonb not null,
  created_at timestamptz not null default now(),
  unique (type, user_id, key)
);
create or replace view payment_requests as
  select id, saga_id, user_id, key, request_hash, (data->>'amount_minor')::bigint as amount_minor,
         data->>'currency' as currency, data->>'card' as card, created_at
  from saga_requests where type = 'payment';
create table if not exists orchestrators (
  instance text primary key,
  incarnation bigint not null
);
`;
