import { byTopic, requestHeader } from './request.ts';
import { WireReader } from './wire.ts';

/** In versions that Kafka 2.1 to 4.x answer (KIP-896 removed older ones). */
const API = {
  metadata: { key: 3, version: 4 },
  offsetFetch: { key: 9, version: 2 },
  findCoordinator: { key: 10, version: 1 },
} as const;

/** What a broker says of one partition; an error of its topic stands with partition -1. */
export interface DescribedPartition {
  readonly topic: string;
  readonly partition: number;
  /** Port of the broker that leads it; undefined while nobody does. */
  readonly leaderPort: number | undefined;
  readonly errorCode: number;
}

export function encodeDescribeTopics(correlationId: number, topics: readonly string[]): Buffer {
  const writer = requestHeader(API.metadata, correlationId);
  writer.array(topics, (topic) => writer.string(topic));
  return writer.int8(0).framed(); // do not create what is missing
}

export function decodeDescribeTopics(body: Buffer): readonly DescribedPartition[] {
  const reader = new WireReader(body);
  reader.int32(); // throttle time
  const brokers = reader.array(() => {
    const id = reader.int32();
    reader.string(); // host: everything is on loopback
    const port = reader.int32();
    reader.nullableString(); // rack
    return [id, port] as const;
  });
  const portOf = new Map(brokers);
  reader.nullableString(); // cluster id
  reader.int32(); // controller
  return reader
    .array(() => {
      const errorCode = reader.int16();
      const topic = reader.string();
      reader.int8(); // internal
      const partitions = reader.array((): DescribedPartition => {
        const errorCode = reader.int16();
        const partition = reader.int32();
        const leaderPort = portOf.get(reader.int32());
        reader.array(() => reader.int32()); // replicas
        reader.array(() => reader.int32()); // in-sync replicas
        return { topic, partition, leaderPort, errorCode };
      });
      return errorCode === 0 ? partitions : [{ topic, partition: -1, leaderPort: undefined, errorCode }];
    })
    .flat();
}

/** A group's committed offset of one partition; -1 when it has committed nothing there. */
export interface FetchedOffset {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly errorCode: number;
}

/** The broker that keeps a group's offsets. */
export interface Coordinator {
  readonly port: number;
  readonly errorCode: number;
}

export function encodeFindCoordinator(correlationId: number, group: string): Buffer {
  return requestHeader(API.findCoordinator, correlationId).string(group).int8(0).framed(); // 0: of a group
}

export function decodeFindCoordinator(body: Buffer): Coordinator {
  const reader = new WireReader(body);
  reader.int32(); // throttle time
  const errorCode = reader.int16();
  reader.nullableString(); // error message
  reader.int32(); // node id
  reader.string(); // host
  return { errorCode, port: reader.int32() };
}

export function encodeFetchOffsets(
  correlationId: number,
  group: string,
  partitions: readonly { readonly topic: string; readonly partition: number }[],
): Buffer {
  const writer = requestHeader(API.offsetFetch, correlationId).string(group);
  writer.array(byTopic(partitions), ([topic, ofTopic]) =>
    writer.string(topic).array(ofTopic, ({ partition }) => writer.int32(partition)),
  );
  return writer.framed();
}

/** An error of the whole group (its coordinator is loading, say) stands with every partition. */
export function decodeFetchOffsets(body: Buffer): readonly FetchedOffset[] {
  const reader = new WireReader(body);
  const offsets = reader
    .array(() => {
      const topic = reader.string();
      return reader.array((): FetchedOffset => {
        const place = { topic, partition: reader.int32(), offset: reader.int64() };
        reader.nullableString(); // metadata
        return { ...place, errorCode: reader.int16() };
      });
    })
    .flat();
  const groupError = reader.int16();
  return groupError === 0 ? offsets : offsets.map((offset) => ({ ...offset, errorCode: groupError }));
}
