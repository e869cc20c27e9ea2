import { HEADERS } from './messages.ts';

/**
 * What a publisher that reads the database's log (Debezium) needs of an outbox row beside its other columns: it routes
 * columns (fields) to places of a record and computes nothing. Filled whoever publishes.
 */
export const RECORD_COLUMNS = {
  /** The record's key, `<aggregate id>:<version>`. */
  key: 'record_key',
  /** The partition that the aggregate's records go to. */
  partition: 'record_partition',
  /** MongoDB only: the payload as JSON text, of which Debezium would make MongoDB's extended JSON (`{"$numberInt": "7"}`). */
  value: 'record_value',
} as const;

/** Headers that a record has only when there is something to say. */
export const OPTIONAL_HEADERS = [
  HEADERS.sagaId,
  HEADERS.orderId,
  HEADERS.userId,
  HEADERS.requestId,
  HEADERS.causeId,
  HEADERS.traceparent,
] as const;

/**
 * Column (field) of an optional header. Without it a document has no such field, and a row has null: of that Debezium
 * makes a header without a value, which readers take for none.
 */
export const headerColumn = (header: (typeof OPTIONAL_HEADERS)[number]): string =>
  `header_${header.replaceAll('-', '_')}`;

/** The PostgreSQL table of outbox rows. */
export const OUTBOX_TABLE = 'outbox_events';

/**
 * PostgreSQL's list of what a reader of its log is shown: of this table, and of no other. Debezium finds the place where it
 * left off by log position alone, and the commit of one transaction has the position of whatever another wrote next. A row
 * of ours that is published after the outbox rows of its transaction can so be taken for the end of a foreign one, and
 * the outbox rows before it are published again (docs/adr/0014).
 */
export const OUTBOX_PUBLICATION = 'outbox';

/** Advisory lock of a database under which its tables and its publication are made. */
export const SCHEMA_LOCK = 4711;
