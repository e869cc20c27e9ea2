import type { TopicRecord } from '#invariants/model/harvest.ts';
import { HEADERS } from '#sut/contract/messages.ts';
import { eventually } from '../../timing/eventually.ts';
import { KafkaCluster } from '../kafka-log/kafka-cluster.ts';
import type { PlacedRecord } from '../kafka-log/read-log.ts';
import { traceIdOf } from './trace-id.ts';

/** For leaders that still move, when a broker has just come back; a whole read of a busy run takes a second or two. */
const READ_WITHIN_MS = 20_000;

/**
 * Every record of the topics, with whether a read_committed consumer sees it: both views are read to their ends, so that an
 * aborted copy, and a record of a transaction that never ended, are told from one that counts. A read that a moving leader breaks
 * begins anew. Rejects with `NotInTime`.
 */
export async function readTopics(
  brokerPorts: readonly number[],
  topics: readonly string[],
  signal: AbortSignal,
): Promise<readonly TopicRecord[]> {
  return eventually('the topics can be read', async () => ({ seen: await readOnce(brokerPorts, topics, signal) }), {
    timeoutMs: READ_WITHIN_MS,
    intervalMs: 250,
    signal,
  });
}

async function readOnce(
  brokerPorts: readonly number[],
  topics: readonly string[],
  signal: AbortSignal,
): Promise<readonly TopicRecord[]> {
  using cluster = new KafkaCluster(brokerPorts);
  const beginnings = (await cluster.partitions(topics, signal)).map((partition) => ({ ...partition, offset: 0 }));
  const committed = await cluster.readToEnd(beginnings, 'read_committed', signal);
  const all = await cluster.readToEnd(beginnings, 'read_uncommitted', signal);
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
