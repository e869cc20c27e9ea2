import { decodeBatches, type RecordBatch } from './record-batch.ts';
import { byTopic, requestHeader } from './request.ts';
import { WireReader } from './wire.ts';

/** In versions that Kafka 2.1 to 4.x answer (KIP-896 removed older ones). */
const API = { fetch: { key: 1, version: 4 }, listOffsets: { key: 2, version: 2 } } as const;

export type Isolation = 'read_uncommitted' | 'read_committed';
const ISOLATION_CODE = { read_uncommitted: 0, read_committed: 1 } as const;

export interface PartitionPosition {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

export interface FetchedPartition {
  readonly topic: string;
  readonly partition: number;
  readonly errorCode: number;
  /** Producers whose transaction, begun at `firstOffset`, was aborted; empty when reading uncommitted. */
  readonly aborted: readonly { readonly producerId: number; readonly firstOffset: number }[];
  readonly batches: readonly RecordBatch[];
}

export interface FetchOptions {
  readonly isolation: Isolation;
  /** How long the broker may hold the request while there is nothing new; it answers at once when there is. */
  readonly maxWaitMs: number;
  readonly maxBytesPerPartition: number;
}

export function encodeFetch(
  correlationId: number,
  positions: readonly PartitionPosition[],
  options: FetchOptions,
): Buffer {
  const writer = requestHeader(API.fetch, correlationId)
    .int32(-1) // replica id: a consumer
    .int32(options.maxWaitMs)
    .int32(1) // answer as soon as there is anything
    .int32(0x7fff_ffff)
    .int8(ISOLATION_CODE[options.isolation]);
  writer.array(byTopic(positions), ([topic, partitions]) =>
    writer.string(topic).array(partitions, ({ partition, offset }) => {
      writer.int32(partition).int64(offset).int32(options.maxBytesPerPartition);
    }),
  );
  return writer.framed();
}

export function decodeFetch(body: Buffer): readonly FetchedPartition[] {
  const reader = new WireReader(body);
  reader.int32(); // throttle time
  return reader
    .array(() => {
      const topic = reader.string();
      return reader.array((): FetchedPartition => {
        const partition = reader.int32();
        const errorCode = reader.int16();
        reader.int64(); // high watermark
        reader.int64(); // last stable offset
        const aborted = reader.array(() => ({ producerId: reader.int64(), firstOffset: reader.int64() }));
        const size = reader.int32();
        const batches = size > 0 ? decodeBatches(reader.bytes(size)) : [];
        return { topic, partition, errorCode, aborted, batches };
      });
    })
    .flat();
}

/** Asks for the end of each partition: the high watermark, or the last stable offset under read_committed. */
export function encodeListEnds(
  correlationId: number,
  partitions: readonly Omit<PartitionPosition, 'offset'>[],
  isolation: Isolation,
): Buffer {
  const writer = requestHeader(API.listOffsets, correlationId).int32(-1).int8(ISOLATION_CODE[isolation]);
  writer.array(byTopic(partitions), ([topic, ofTopic]) =>
    writer.string(topic).array(ofTopic, ({ partition }) => {
      writer.int32(partition).int64(-1);
    }),
  );
  return writer.framed();
}

export interface PartitionEnd extends PartitionPosition {
  readonly errorCode: number;
}

export function decodeListEnds(body: Buffer): readonly PartitionEnd[] {
  const reader = new WireReader(body);
  reader.int32(); // throttle time
  return reader
    .array(() => {
      const topic = reader.string();
      return reader.array((): PartitionEnd => {
        const partition = reader.int32();
        const errorCode = reader.int16();
        reader.int64(); // timestamp
        return { topic, partition, errorCode, offset: reader.int64() };
      });
    })
    .flat();
}
