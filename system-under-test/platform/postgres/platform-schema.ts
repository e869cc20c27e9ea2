import {
  headerColumn,
  OPTIONAL_HEADERS,
  OUTBOX_PUBLICATION,
  OUTBOX_TABLE,
  RECORD_COLUMNS,
} from '#sut/contract/outbox-record.ts';

/**
 * Tables that the platform keeps in the database of every service, beside the service's own.
 *
 * `aggregate_versions` hands out 1, 2, 3 … per (topic, aggregate). Its row stays locked until commit, so whoever sees
 * version n sees n - 1 too: the relay may publish everything that a snapshot shows at once. (Paging by id or time
 * would lose rows instead: ids are handed out in another order than transactions commit.)
 *
 * Where the log is read there is a publication, which the outbox joins; if the publication comes later, it takes the outbox in.
 */
export const PLATFORM_SCHEMA = `
  create table if not exists ${OUTBOX_TABLE} (
    id text primary key,
    seq bigint generated always as identity,
    topic text not null,
    aggregate_id text not null,
    event_type text not null,
    event_data jsonb not null,
    headers jsonb not null,
    version int not null,
    created_at timestamptz not null default now(),
    processed_at timestamptz,
    ${RECORD_COLUMNS.key} text not null,
    ${RECORD_COLUMNS.partition} int not null,
    ${OPTIONAL_HEADERS.map((header) => `${headerColumn(header)} text`).join(',\n    ')},
    unique (topic, aggregate_id, version)
  );
  do $$ begin
    alter publication ${OUTBOX_PUBLICATION} add table ${OUTBOX_TABLE};
  exception when undefined_object or duplicate_object then null;
  end $$;
  create index if not exists outbox_events_pending on ${OUTBOX_TABLE} (seq) where processed_at is null;
  create index if not exists outbox_events_seq on ${OUTBOX_TABLE} (seq);
  create table if not exists aggregate_versions (
    topic text not null,
    aggregate_id text not null,
    version int not null,
    primary key (topic, aggregate_id)
  );
  create table if not exists inbox (
    message_id text primary key,
    topic text not null,
    outcome text not null,
    handled_at timestamptz not null default now()
  );
  create table if not exists leases (
    name text primary key,
    instance text not null,
    holder text not null,
    held_until timestamptz not null,
    wanted_until timestamptz not null
  );
  create table if not exists commit_markers (
    id uuid primary key,
    created_at timestamptz not null default now()
  );
`;
