import { SUBSCRIPTIONS } from '#sut/contract/topics.ts';
import { KafkaCluster } from '../kafka-log/kafka-cluster.ts';

/**
 * Data records that each consumer group has not committed yet, per group. Records are counted, offsets are not subtracted:
 * transaction markers take offsets too, so a group that has read everything still seems to lag by one. `brokerPorts`: any that
 * answers will do to find the others.
 */
export async function consumerLag(
  brokerPorts: readonly number[],
  signal: AbortSignal,
): Promise<Readonly<Record<string, number>>> {
  using cluster = new KafkaCluster(brokerPorts);
  const lag: Record<string, number> = {};
  for (const [group, topics] of Object.entries(SUBSCRIPTIONS)) {
    const committed = await cluster.committedOffsets(group, await cluster.partitions(topics, signal), signal);
    // -1: the group has committed nothing there, and would begin at the beginning.
    const positions = committed.map(({ topic, partition, offset }) => ({
      topic,
      partition,
      offset: Math.max(0, offset),
    }));
    lag[group] = (await cluster.readToEnd(positions, 'read_committed', signal)).length;
  }
  return lag;
}
