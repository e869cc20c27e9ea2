import type { IHeaders, KafkaMessage, Message } from 'kafkajs';
import { textSchema } from '#sut/contract/api.ts';
import { HEADERS } from '#sut/contract/messages.ts';
import type { IncomingMessage, OutboxEvent } from '../store.ts';

/** The record of an outbox event: key `<aggregate-id>:<version>`, value the payload as JSON, headers as stored. */
export function toRecord(event: OutboxEvent): Message {
  return {
    key: `${event.aggregateId}:${event.version}`,
    value: JSON.stringify(event.payload),
    headers: { ...event.headers },
  };
}

/** A record's place, which is also its name when it carries no readable id of its own. */
export interface RecordPlace {
  readonly topic: string;
  readonly partition: number;
}

/** `readable` with the message, or `unreadable` with what could be made out of it and the reason. */
export type ReadRecord =
  | { readonly kind: 'readable'; readonly message: IncomingMessage }
  | { readonly kind: 'unreadable'; readonly message: IncomingMessage; readonly reason: string };

const OUR_HEADERS: ReadonlySet<string> = new Set(Object.values(HEADERS));
const REQUIRED_HEADERS: readonly string[] = [HEADERS.messageId, HEADERS.type, HEADERS.aggregateId];
/** What every database takes: headers become keys of the inbox, and headers of whatever is published in answer. */
const headerSchema = textSchema(256);

/**
 * Reads a record. Never throws: a record that cannot be read must not stop its partition. Garbage in one of our headers makes it
 * unreadable, and its message goes without that header, so that every database can keep it.
 */
export function readRecord(place: RecordPlace, record: KafkaMessage): ReadRecord {
  const { kept = [], garbage = [] } = Object.groupBy(headersOf(record), (header) =>
    isGarbage(header) ? 'garbage' : 'kept',
  );
  const headers: Readonly<Record<string, string>> = Object.fromEntries(kept);
  const id = headers[HEADERS.messageId];
  const type = headers[HEADERS.type];
  const aggregateId = headers[HEADERS.aggregateId];
  const version = Number(headers[HEADERS.version]);
  const value = record.value?.toString('utf8') ?? '';
  const payload = parseJson(value);
  const message: IncomingMessage = {
    id: id ?? `${place.topic}/${place.partition}/${record.offset}`,
    topic: place.topic,
    type: type ?? 'unknown',
    aggregateId: aggregateId ?? 'unknown',
    version: Number.isInteger(version) ? version : 0,
    sagaId: headers[HEADERS.sagaId],
    orderId: headers[HEADERS.orderId],
    payload: payload.kind === 'json' ? payload.value : value,
    traceparent: headers[HEADERS.traceparent],
    record: { partition: place.partition, offset: record.offset, headers },
  };
  if (garbage.length > 0) {
    const names = garbage.map(([name]) => name).join(', ');
    return { kind: 'unreadable', message, reason: `headers empty, too long or not printable: ${names}` };
  }
  const missing = REQUIRED_HEADERS.filter((name) => headers[name] === undefined);
  if (missing.length > 0) return { kind: 'unreadable', message, reason: `headers missing: ${missing.join(', ')}` };
  if (payload.kind === 'garbage') return { kind: 'unreadable', message, reason: 'value is not JSON' };
  return { kind: 'readable', message };
}

type Header = readonly [name: string, text: string];

function headersOf({ headers }: KafkaMessage): readonly Header[] {
  const entries = Object.keys(headers ?? {}).map((name) => [name, headerText(headers, name)] as const);
  return entries.filter((entry): entry is Header => entry[1] !== undefined);
}

const isGarbage = ([name, text]: Header): boolean => OUR_HEADERS.has(name) && !headerSchema.safeParse(text).success;

function headerText(headers: IHeaders | undefined, name: string): string | undefined {
  const value = headers?.[name];
  const first = Array.isArray(value) ? value[0] : value;
  // Kafka knows headers without a value, too: Debezium writes one for a column that is null.
  return first?.toString();
}

function parseJson(text: string): { readonly kind: 'json'; readonly value: unknown } | { readonly kind: 'garbage' } {
  try {
    return { kind: 'json', value: JSON.parse(text) };
  } catch {
    return { kind: 'garbage' };
  }
}
