import { setTimeout as delay } from 'node:timers/promises';
import { BrokerConnection, BrokerConnectionLost } from './broker-connection.ts';
import type { FetchedPartition, Isolation, PartitionPosition } from './fetch.ts';
import { KafkaCluster } from './kafka-cluster.ts';
import { nextOffset, PartitionUnreadable, type PlacedRecord, partitionKey, visibleRecords } from './read-log.ts';

/** Before a broker that failed, or that leads nothing, is asked again. */
const RETRY_DELAY_MS = 100;
/** The broker answers as soon as something is written; this only bounds how long it waits for it. */
const MAX_WAIT_MS = 500;
const MAX_BYTES_PER_PARTITION = 262_144;

export interface FollowOptions {
  /** Real ports of all brokers. */
  readonly brokerPorts: readonly number[];
  readonly topics: readonly string[];
  readonly isolation: Isolation;
  /** Called with every data record, in order per partition. */
  readonly onRecord: (record: PlacedRecord) => void;
  readonly signal: AbortSignal;
}

/**
 * Follows topics from their present end on, and reports each record within milliseconds of its being readable. Resolves once
 * it is following, to a promise that ends when the signal aborts and rejects when following becomes impossible. A broker
 * that goes away is waited for, a leader that moves is followed; nothing written meanwhile is missed.
 */
export async function followTopics(options: FollowOptions): Promise<{ readonly done: Promise<void> }> {
  const { brokerPorts, topics, isolation, signal } = options;
  using cluster = new KafkaCluster(brokerPorts);
  const partitions = await cluster.partitions(topics, signal);
  const follower = new Follower(options, await cluster.ends(partitions, isolation, signal));
  const over = new AbortController();
  const loops = brokerPorts.map((port) => follower.follow(port, AbortSignal.any([signal, over.signal])));
  // One loop that fails for good ends the others: half a view would miss records without saying so.
  const done = Promise.all(loops.map((loop) => loop.catch((error: unknown) => endAll(over, error))));
  return { done: done.then(() => undefined) };
}

function endAll(over: AbortController, error: unknown): never {
  over.abort(error);
  throw error;
}

/** What the loops of all brokers share. Each follows whatever its broker leads at the time. */
class Follower {
  readonly #options: FollowOptions;
  readonly #positions: Map<string, PartitionPosition>;
  /** Counts the failures of all loops; each means that leaders may have moved. */
  #failures = 0;

  constructor(options: FollowOptions, from: readonly PartitionPosition[]) {
    this.#options = options;
    this.#positions = new Map(from.map((position) => [partitionKey(position), position]));
  }

  /** Follows one broker until the signal aborts. Rejects when following becomes impossible. */
  async follow(port: number, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        using connection = await BrokerConnection.open(port, signal);
        while (!signal.aborted) await this.#followLed(port, connection, signal);
      } catch (error) {
        if (signal.aborted) return;
        // A broker that is starting answers with errors of its own (no leader yet) before it serves again.
        if (!(error instanceof BrokerConnectionLost) && !(error instanceof PartitionUnreadable)) throw error;
        this.#failures += 1;
        await pause(signal);
      }
    }
  }

  /** Fetches what the broker leads now, until leaders may have moved. */
  async #followLed(port: number, connection: BrokerConnection, signal: AbortSignal): Promise<void> {
    const { topics, isolation } = this.#options;
    const failures = this.#failures;
    const described = await connection.describeTopics(topics, signal);
    const led = described.filter((one) => one.leaderPort === port).map(partitionKey);
    const fetch = { isolation, maxWaitMs: MAX_WAIT_MS, maxBytesPerPartition: MAX_BYTES_PER_PARTITION };
    while (!signal.aborted && failures === this.#failures && led.length > 0) {
      const positions = led.flatMap((key) => this.#positions.get(key) ?? []);
      for (const fetched of await connection.fetch(positions, fetch, signal)) this.#take(fetched);
    }
    // Another broker may be about to lose what it leads to this one.
    if (led.length === 0 || described.some(({ leaderPort }) => leaderPort === undefined)) await pause(signal);
  }

  #take(fetched: FetchedPartition): void {
    if (fetched.errorCode !== 0) throw new PartitionUnreadable(fetched, fetched.errorCode);
    const key = partitionKey(fetched);
    const from = this.#positions.get(key)?.offset ?? 0;
    for (const record of visibleRecords(fetched, from)) this.#options.onRecord(record);
    const offset = nextOffset(fetched, from);
    this.#positions.set(key, { topic: fetched.topic, partition: fetched.partition, offset });
  }
}

const pause = (signal: AbortSignal): Promise<unknown> =>
  delay(RETRY_DELAY_MS, undefined, { signal }).catch(() => undefined);
