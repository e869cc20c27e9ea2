/**
 * `position` is the order of storing; numbers of transactions that were rolled back are missing from it. The trigger
 * makes the table append-only for its owner too, whom no `revoke` could bind.
 */
export const EVENT_SCHEMA = `
  create table if not exists stored_events (
    position bigint generated always as identity primary key,
    message_id text not null unique,
    topic text not null,
    partition int not null,
    "offset" bigint not null,
    aggregate_id text not null,
    version int not null check (version >= 1),
    type text not null,
    data jsonb not null,
    headers jsonb not null,
    stored_at timestamptz not null default now(),
    constraint one_event_per_version unique (topic, aggregate_id, version)
  );
  create index if not exists stored_events_by_aggregate on stored_events (aggregate_id, topic, version);
  create or replace function refuse_to_change_history() returns trigger language plpgsql as $$
    begin
      raise exception 'stored_events is append-only, % refused', lower(tg_op) using errcode = 'restrict_violation';
    end $$;
  create or replace trigger append_only before update or delete or truncate on stored_events
    for each statement execute function refuse_to_change_history();
`;
