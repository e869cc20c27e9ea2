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
