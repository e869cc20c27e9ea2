import type { BrokerConnection } from './broker-connection.ts';
import type { FetchedPartition, Isolation, PartitionPosition } from './fetch.ts';
import type { LogRecord } from './record-batch.ts';

/** A data record at its place. */
export interface PlacedRecord extends LogRecord {
  readonly topic: string;
  readonly partition: number;
}

export type Partition = Omit<PartitionPosition, 'offset'>;

/** A broker answered that a partition cannot be read; `errorCode` is that of the Kafka protocol. */
export class PartitionUnreadable extends Error {
  constructor({ topic, partition }: Partition, errorCode: number) {
    super(`${topic}/${partition} cannot be read: broker error ${errorCode}`);
    this.name = 'PartitionUnreadable';
  }
}

export const partitionKey = ({ topic, partition }: Partition): string => `${topic}/${partition}`;

const MAX_BYTES_PER_PARTITION = 1_048_576;

/**
 * Data records of aborted transactions left out. A broker names the aborted transactions that touch what it returned; each
 * ends at its producer's next abort marker (KIP-98, "Aborted transactions").
 */
export function visibleRecords(
  { topic, partition, aborted, batches }: FetchedPartition,
  fromOffset: number,
): readonly PlacedRecord[] {
  const pending = [...aborted].sort((a, b) => a.firstOffset - b.firstOffset);
  const inAborted = new Set<number>();
  const records: PlacedRecord[] = [];
  for (const batch of batches) {
    while (pending[0] !== undefined && pending[0].firstOffset < batch.nextOffset) {
      inAborted.add(pending[0].producerId);
      pending.shift();
    }
    if (batch.control === 'abort') inAborted.delete(batch.producerId);
    if (batch.isTransactional && inAborted.has(batch.producerId)) continue;
    for (const record of batch.records) {
      // A fetch returns whole batches: the first may begin before the offset that was asked for.
      if (record.offset >= fromOffset) records.push({ topic, partition, ...record });
    }
  }
  return records;
}

/** The offset to go on from after a fetch. */
export function nextOffset({ batches }: FetchedPartition, fromOffset: number): number {
  return Math.max(fromOffset, batches.at(-1)?.nextOffset ?? fromOffset);
}

/**
 * Every data record from the given positions to where the partitions end now (high watermark, or last stable offset under
 * read_committed); the broker must lead all of them. Rejects with `PartitionUnreadable` or `BrokerConnectionLost`.
 */
export async function readLedToEnd(
  connection: BrokerConnection,
  positions: readonly PartitionPosition[],
  isolation: Isolation,
  signal: AbortSignal,
): Promise<readonly PlacedRecord[]> {
  const ends = new Map<string, number>();
  for (const end of await connection.ends(positions, isolation, signal)) {
    if (end.errorCode !== 0) throw new PartitionUnreadable(end, end.errorCode);
    ends.set(partitionKey(end), end.offset);
  }
  const records: PlacedRecord[] = [];
  let open = positions.filter((position) => position.offset < (ends.get(partitionKey(position)) ?? 0));
  while (open.length > 0) {
    const asked = new Map(open.map((position) => [partitionKey(position), position.offset]));
    const options = { isolation, maxWaitMs: 100, maxBytesPerPartition: MAX_BYTES_PER_PARTITION };
    const fetched = await connection.fetch(open, options, signal);
    open = fetched.flatMap((one) => {
      if (one.errorCode !== 0) throw new PartitionUnreadable(one, one.errorCode);
      const key = partitionKey(one);
      const from = asked.get(key) ?? 0;
      const end = ends.get(key) ?? 0;
      records.push(...visibleRecords(one, from).filter((record) => record.offset < end));
      const offset = nextOffset(one, from);
      return offset < end ? [{ topic: one.topic, partition: one.partition, offset }] : [];
    });
  }
  return records;
}
