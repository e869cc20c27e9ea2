import { BrokerConnection, BrokerConnectionLost } from './broker-connection.ts';
import type { DescribedPartition, FetchedOffset } from './cluster.ts';
import type { Isolation, PartitionPosition } from './fetch.ts';
import { type Partition, PartitionUnreadable, type PlacedRecord, partitionKey, readLedToEnd } from './read-log.ts';

/** LEADER_NOT_AVAILABLE of the Kafka protocol. */
const NO_LEADER = 5;
/** REPLICA_NOT_AVAILABLE: a follower is away, which does not hinder reading from the leader. */
const FOLLOWER_AWAY = 9;

/** A group's offsets cannot be asked for; `errorCode` is that of the Kafka protocol. */
class CoordinatorUnknown extends Error {
  constructor(group: string, errorCode: number) {
    super(`the coordinator of group ${group} is not known: broker error ${errorCode}`);
    this.name = 'CoordinatorUnknown';
  }
}

/**
 * The brokers of a cluster as a reader sees them: each question goes to the broker that can answer it. Looks for leaders anew with each
 * question, so that one that fails because a leader moved can be put again. One question at a time.
 */
export class KafkaCluster implements Disposable {
  readonly #ports: readonly number[];
  readonly #connections = new Map<number, BrokerConnection>();

  /** Real ports of the brokers; connects when first asked. */
  constructor(ports: readonly number[]) {
    this.#ports = ports;
  }

  /** Every partition of the topics. Rejects with `PartitionUnreadable` when a topic does not exist or a partition has no leader. */
  async partitions(topics: readonly string[], signal: AbortSignal): Promise<readonly Partition[]> {
    return (await this.#describe(topics, signal)).map(({ topic, partition }) => ({ topic, partition }));
  }

  /** Where each partition ends now. Rejects with `PartitionUnreadable`. */
  async ends(
    partitions: readonly Partition[],
    isolation: Isolation,
    signal: AbortSignal,
  ): Promise<readonly PartitionPosition[]> {
    const byLeader = await this.#byLeader(partitions, signal);
    const asked = byLeader.map(async ([port, led]) =>
      (await this.#connection(port, signal)).ends(led, isolation, signal),
    );
    const ends = (await Promise.all(asked)).flat();
    for (const one of ends) if (one.errorCode !== 0) throw new PartitionUnreadable(one, one.errorCode);
    return ends;
  }

  /** As `readLedToEnd`, from the leader of each partition. */
  async readToEnd(
    positions: readonly PartitionPosition[],
    isolation: Isolation,
    signal: AbortSignal,
  ): Promise<readonly PlacedRecord[]> {
    const byLeader = await this.#byLeader(positions, signal);
    const read = byLeader.map(async ([port, led]) =>
      readLedToEnd(await this.#connection(port, signal), led, isolation, signal),
    );
    return (await Promise.all(read)).flat();
  }

  /** A group's committed offset of each partition, -1 where it has none. Rejects with `PartitionUnreadable` or `CoordinatorUnknown`. */
  async committedOffsets(
    group: string,
    partitions: readonly Partition[],
    signal: AbortSignal,
  ): Promise<readonly FetchedOffset[]> {
    const coordinator = await this.#ask(signal, (broker) => broker.findCoordinator(group, signal));
    if (coordinator.errorCode !== 0) throw new CoordinatorUnknown(group, coordinator.errorCode);
    const connection = await this.#connection(coordinator.port, signal);
    const offsets = await connection.committedOffsets(group, partitions, signal);
    for (const one of offsets) if (one.errorCode !== 0) throw new PartitionUnreadable(one, one.errorCode);
    return offsets;
  }

  [Symbol.dispose](): void {
    for (const connection of this.#connections.values()) connection[Symbol.dispose]();
    this.#connections.clear();
  }

  async #byLeader<P extends Partition>(
    positions: readonly P[],
    signal: AbortSignal,
  ): Promise<readonly (readonly [number, readonly P[]])[]> {
    if (positions.length === 0) return [];
    const described = await this.#describe([...new Set(positions.map(({ topic }) => topic))], signal);
    const leaders = new Map(described.map((one) => [partitionKey(one), one.leaderPort]));
    return [
      ...Map.groupBy(positions, (position) => {
        const port = leaders.get(partitionKey(position));
        if (port === undefined) throw new PartitionUnreadable(position, NO_LEADER);
        return port;
      }),
    ];
  }

  async #describe(topics: readonly string[], signal: AbortSignal): Promise<readonly DescribedPartition[]> {
    const described = await this.#ask(signal, (broker) => broker.describeTopics(topics, signal));
    for (const one of described) {
      if (one.errorCode !== 0 && one.errorCode !== FOLLOWER_AWAY) throw new PartitionUnreadable(one, one.errorCode);
    }
    return described;
  }

  /** Asks the first broker that answers; any of them can. */
  async #ask<T>(signal: AbortSignal, question: (broker: BrokerConnection) => Promise<T>): Promise<T> {
    let lost: unknown;
    for (const port of this.#ports) {
      try {
        return await question(await this.#connection(port, signal));
      } catch (error) {
        if (!(error instanceof BrokerConnectionLost)) throw error;
        this.#connections.delete(port);
        lost = error;
      }
    }
    throw lost;
  }

  async #connection(port: number, signal: AbortSignal): Promise<BrokerConnection> {
    const existing = this.#connections.get(port);
    if (existing !== undefined && !existing.isLost) return existing;
    const opened = await BrokerConnection.open(port, signal);
    this.#connections.set(port, opened);
    return opened;
  }
}
