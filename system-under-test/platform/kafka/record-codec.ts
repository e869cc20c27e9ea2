import type { IHeaders, KafkaMessage, Message } from 'kafkajs';
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

/** Reads a record. Never throws: a record that cannot be read must not stop its partition. */
export function readRecord(place: RecordPlace, record: KafkaMessage): ReadRecord {
  const header = (name: string): string | undefined => headerText(record.headers, name);
  const id = header(HEADERS.messageId);
  const type = header(HEADERS.type);
  const aggregateId = header(HEADERS.aggregateId);
  const version = Number(header(HEADERS.version));
  const value = record.value?.toString('utf8') ?? '';
  const payload = parseJson(value);
  const message: IncomingMessage = {
    id: id ?? `${place.topic}/${place.partition}/${record.offset}`,
    topic: place.topic,
    type: type ?? 'unknown',
    aggregateId: aggregateId ?? 'unknown',
    version: Number.isInteger(version) ? version : 0,
    sagaId: header(HEADERS.sagaId),
    orderId: header(HEADERS.orderId),
    payload: payload.kind === 'json' ? payload.value : value,
    traceparent: header(HEADERS.traceparent),
    record: { partition: place.partition, offset: record.offset, headers: allHeaders(record.headers) },
  };
  const missing = [
    ...(id === undefined ? [HEADERS.messageId] : []),
    ...(type === undefined ? [HEADERS.type] : []),
    ...(aggregateId === undefined ? [HEADERS.aggregateId] : []),
  ];
  if (missing.length > 0) return { kind: 'unreadable', message, reason: `headers missing: ${missing.join(', ')}` };
  if (payload.kind === 'garbage') return { kind: 'unreadable', message, reason: 'value is not JSON' };
  return { kind: 'readable', message };
}

function allHeaders(headers: IHeaders | undefined): Readonly<Record<string, string>> {
  const entries = Object.keys(headers ?? {}).map((name) => [name, headerText(headers, name)] as const);
  return Object.fromEntries(entries.filter((entry): entry is readonly [string, string] => entry[1] !== undefined));
}

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
