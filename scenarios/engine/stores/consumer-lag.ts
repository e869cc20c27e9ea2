import { SUBSCRIPTIONS } from '#sut/contract/topics.ts';
import { BrokerConnection } from '../kafka-log/broker-connection.ts';
import type { PartitionPosition } from '../kafka-log/fetch.ts';
import { listPartitions } from '../kafka-log/list-partitions.ts';
import { PartitionUnreadable, readToEnd } from '../kafka-log/read-log.ts';

/**
 * Data records that each consumer group has not committed yet, per group. Records are counted, offsets are not subtracted:
 * transaction markers take offsets too, so a group that has read everything still seems to lag by one.
 */
export async function consumerLag(brokerPort: number, signal: AbortSignal): Promise<Readonly<Record<string, number>>> {
  using connection = await BrokerConnection.open(brokerPort, signal);
  const lag: Record<string, number> = {};
  for (const [group, topics] of Object.entries(SUBSCRIPTIONS)) {
    const positions = await committedPositions(connection, group, topics, signal);
    lag[group] = (await readToEnd(connection, positions, 'read_committed', signal)).length;
  }
  return lag;
}

async function committedPositions(
  connection: BrokerConnection,
  group: string,
  topics: readonly string[],
  signal: AbortSignal,
): Promise<readonly PartitionPosition[]> {
  const partitions = await listPartitions(connection, topics, signal);
  const committed = await connection.committedOffsets(group, partitions, signal);
  return committed.map(({ topic, partition, offset, errorCode }) => {
    if (errorCode !== 0) throw new PartitionUnreadable({ topic, partition }, errorCode);
    // -1: the group has committed nothing there, and would begin at the beginning.
    return { topic, partition, offset: Math.max(0, offset) };
  });
}
