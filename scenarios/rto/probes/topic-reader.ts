import { KafkaCluster } from '../../engine/kafka-log/kafka-cluster.ts';
import type { Partition } from '../../engine/kafka-log/read-log.ts';

/** Knows which keys stand in a partition. Reads on when it is asked for one that it has not seen. */
export class TopicReader implements Disposable {
  readonly #cluster: KafkaCluster;
  readonly #partition: Partition;
  readonly #keys = new Set<string>();
  #offset = 0;
  #reading: Promise<void> | undefined;

  constructor(ports: readonly number[], partition: Partition) {
    this.#cluster = new KafkaCluster(ports);
    this.#partition = partition;
  }

  /** Rejects when the partition cannot be read now. */
  async has(key: string, signal: AbortSignal): Promise<boolean> {
    if (this.#keys.has(key)) return true;
    // One question at a time; all who ask meanwhile wait for the same answer.
    this.#reading ??= this.#readOn(signal).finally(() => {
      this.#reading = undefined;
    });
    await this.#reading;
    return this.#keys.has(key);
  }

  async #readOn(signal: AbortSignal): Promise<void> {
    const from = { ...this.#partition, offset: this.#offset };
    for (const { key, offset } of await this.#cluster.readToEnd([from], 'read_uncommitted', signal)) {
      if (key !== undefined) this.#keys.add(key.toString());
      this.#offset = Math.max(this.#offset, offset + 1);
    }
  }

  [Symbol.dispose](): void {
    this.#cluster[Symbol.dispose]();
  }
}
