import { HEADERS } from '#sut/contract/messages.ts';
import { TOPICS } from '#sut/contract/topics.ts';
import { KafkaCluster } from '../kafka-log/kafka-cluster.ts';

/**
 * How many messages each topic shows to a read_committed reader, each counted once. For a publisher that keeps no record
 * of its own of what it has done: an outbox is drained when every row is in its topic. Reads on where the last look ended.
 */
export class PublishedRecords {
  readonly #brokerPorts: readonly number[];
  readonly #next = new Map<string, number>();
  readonly #ids = new Map<string, Set<string>>();

  constructor(brokerPorts: readonly number[]) {
    this.#brokerPorts = brokerPorts;
  }

  /** Rejects when a broker does not answer. */
  async countByTopic(signal: AbortSignal): Promise<ReadonlyMap<string, number>> {
    using cluster = new KafkaCluster(this.#brokerPorts);
    const from = (await cluster.partitions(TOPICS, signal)).map((partition) => ({
      ...partition,
      offset: this.#next.get(`${partition.topic}/${partition.partition}`) ?? 0,
    }));
    for (const record of await cluster.readToEnd(from, 'read_committed', signal)) {
      const place = `${record.topic}/${record.partition}`;
      this.#next.set(place, Math.max(this.#next.get(place) ?? 0, record.offset + 1));
      const ids = this.#ids.get(record.topic) ?? new Set();
      ids.add(record.headers[HEADERS.messageId] ?? place);
      this.#ids.set(record.topic, ids);
    }
    return new Map([...this.#ids].map(([topic, ids]) => [topic, ids.size]));
  }
}
