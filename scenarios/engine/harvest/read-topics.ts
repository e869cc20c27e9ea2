import type { TopicRecord } from '#invariants/model/harvest.ts';
import { HEADERS } from '#sut/contract/messages.ts';
import { BrokerConnection } from '../kafka-log/broker-connection.ts';
import { listPartitions } from '../kafka-log/list-partitions.ts';
import { type PlacedRecord, readToEnd } from '../kafka-log/read-log.ts';
import { traceIdOf } from './trace-id.ts';

/**
 * Every record of the topics, with whether a read_committed consumer sees it: both views are read to their ends, so that an
 * aborted copy, and a record of a transaction that never ended, are told from one that counts.
 */
export async function readTopics(
  brokerPort: number,
  topics: readonly string[],
  signal: AbortSignal,
): Promise<readonly TopicRecord[]> {
  using connection = await BrokerConnection.open(brokerPort, signal);
  const partitions = await listPartitions(connection, topics, signal);
  const beginnings = partitions.map((partition) => ({ ...partition, offset: 0 }));
  const committed = await readToEnd(connection, beginnings, 'read_committed', signal);
  const all = await readToEnd(connection, beginnings, 'read_uncommitted', signal);
  const seen = new Set(committed.map(placeOf));
  return all.map((record) => toTopicRecord(record, seen.has(placeOf(record)))).sort(byPlace);
}

const placeOf = ({ topic, partition, offset }: Pick<PlacedRecord, 'topic' | 'partition' | 'offset'>): string =>
  `${topic}/${partition}/${offset}`;

const byPlace = (a: TopicRecord, b: TopicRecord): number =>
  (a.topic < b.topic ? -1 : a.topic > b.topic ? 1 : 0) || a.partition - b.partition || a.offset - b.offset;

function toTopicRecord({ topic, partition, offset, key, headers }: PlacedRecord, committed: boolean): TopicRecord {
  return {
    topic,
    partition,
    offset,
    key: key?.toString('utf8') ?? '',
    messageId: headers[HEADERS.messageId] ?? '',
    aggregateId: headers[HEADERS.aggregateId] ?? '',
    type: headers[HEADERS.type] ?? '',
    version: Number(headers[HEADERS.version] ?? 0),
    committed,
    causeId: headers[HEADERS.causeId] ?? '',
    traceId: traceIdOf(headers[HEADERS.traceparent]),
  };
}
