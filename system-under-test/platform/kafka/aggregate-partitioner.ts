import type { PartitionerArgs } from 'kafkajs';
import { HEADERS } from '#sut/contract/messages.ts';

/**
 * Partition of a record: by its aggregate, not by its key, so that the versions of an aggregate stay in one partition
 * and in order although every record has a key of its own (`<aggregate-id>:<version>`, which compaction keeps).
 */
export function partitionByAggregate(args: PartitionerArgs): number {
  const aggregateId = args.message.headers?.[HEADERS.aggregateId];
  if (typeof aggregateId !== 'string')
    throw new Error(`record for ${args.topic} without ${HEADERS.aggregateId} header`);
  return partitionOf(aggregateId, args.partitionMetadata.length);
}

/** The partition of an aggregate's records in a topic that has `partitions`. */
export const partitionOf = (aggregateId: string, partitions: number): number => fnv1a(aggregateId) % partitions;

/** 32-bit FNV-1a over the UTF-16 code units, http://www.isthe.com/chongo/tech/comp/fnv/ */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash ^= text.charCodeAt(index);
    hash = Math.imul(hash, 0x01000193);
  }
  return hash >>> 0;
}
