import type { BrokerConnection } from './broker-connection.ts';
import { type Partition, PartitionUnreadable } from './read-log.ts';

/** Every partition of the topics. Rejects with `PartitionUnreadable` when a topic does not exist or has no leader yet. */
export async function listPartitions(
  connection: BrokerConnection,
  topics: readonly string[],
  signal: AbortSignal,
): Promise<readonly Partition[]> {
  const described = await connection.describeTopics(topics, signal);
  for (const one of described) if (one.errorCode !== 0) throw new PartitionUnreadable(one, one.errorCode);
  return described.map(({ topic, partition }) => ({ topic, partition }));
}
