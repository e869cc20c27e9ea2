import type { LogRecord } from './record-batch.ts';
import { WireReader } from './wire.ts';

/** A consumer group's progress: everything before `offset` is done. */
export interface CommittedOffset {
  readonly group: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

/** Key versions 0 and 1 of `__consumer_offsets` are offsets; 2 and above describe groups (GroupMetadataManager in Kafka). */
const LAST_OFFSET_KEY_VERSION = 1;

/**
 * The commit that a record of `__consumer_offsets` stands for; undefined when it is none (group metadata, or a tombstone).
 * In every value version the offset follows the version.
 */
export function decodeCommittedOffset({ key, value }: Pick<LogRecord, 'key' | 'value'>): CommittedOffset | undefined {
  if (key === undefined || value === undefined) return undefined;
  const keyReader = new WireReader(key);
  if (keyReader.int16() > LAST_OFFSET_KEY_VERSION) return undefined;
  const group = keyReader.string();
  const topic = keyReader.string();
  const partition = keyReader.int32();
  const valueReader = new WireReader(value);
  valueReader.int16();
  return { group, topic, partition, offset: valueReader.int64() };
}
