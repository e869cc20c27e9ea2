import fc from 'fast-check';
import type { KafkaMessage } from 'kafkajs';
import { expect, it } from 'vitest';
import { headersOf } from '../outbox/draft-event.ts';
import { partitionByAggregate } from './aggregate-partitioner.ts';
import { readRecord, toRecord } from './record-codec.ts';

const place = { topic: 'order.events', partition: 2 };

/** What arrives of a record that was sent. */
function received(record: { key?: unknown; value: unknown; headers?: Record<string, unknown> }): KafkaMessage {
  const headers = Object.entries(record.headers ?? {}).map(([name, value]) => [name, Buffer.from(String(value))]);
  return {
    key: Buffer.from(String(record.key)),
    value: Buffer.from(String(record.value)),
    headers: Object.fromEntries(headers),
    timestamp: '0',
    attributes: 0,
    offset: '17',
  };
}

it('reads back what an outbox event says', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), fc.integer({ min: 1 }), fc.json(), (aggregateId, version, json) => {
      const message = { topic: place.topic, aggregateId, type: 'order.created', payload: {}, sagaId: 's' };
      const headers = {
        ...headersOf(message, { id: 'm', causeId: undefined, traceparent: undefined }),
        version: String(version),
      };
      const payload: unknown = JSON.parse(json);
      const event = { id: 'm', ...message, version, payload, headers, createdAt: new Date(0), processedAt: undefined };
      const record = toRecord(event);
      expect(record.key).toBe(`${aggregateId}:${version}`);
      expect(readRecord(place, received(record))).toMatchObject({
        kind: 'readable',
        message: { id: 'm', type: 'order.created', version, sagaId: 's', orderId: undefined, payload },
      });
    }),
  );
});

it('names a record without id by its place and says what is missing', () => {
  const read = readRecord(place, received({ key: 'k', value: 'no json' }));
  expect(read).toMatchObject({ kind: 'unreadable', message: { id: 'order.events/2/17', payload: 'no json' } });
});

it('keeps all versions of an aggregate in one partition and uses them all', () => {
  const partitionMetadata = Array.from({ length: 6 }, (_, partitionId) => ({
    partitionId,
    partitionErrorCode: 0,
    leader: 1,
    replicas: [1],
    isr: [1],
  }));
  const partitionOf = (aggregateId: string, key: string) =>
    partitionByAggregate({
      topic: 't',
      partitionMetadata,
      message: { key, value: '', headers: { 'aggregate-id': aggregateId } },
    });
  expect(partitionOf('a', 'a:1')).toBe(partitionOf('a', 'a:2'));
  const used = new Set(Array.from({ length: 100 }, (_, index) => partitionOf(`order-${index}`, '')));
  expect([...used].toSorted()).toEqual([0, 1, 2, 3, 4, 5]);
});
