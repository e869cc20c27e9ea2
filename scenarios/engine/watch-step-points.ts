import { setTimeout as delay } from 'node:timers/promises';
import { commandsTopic, eventsTopic, PARTICIPANTS, repliesTopic } from '#sut/contract/topics.ts';
import { BrokerConnection, BrokerConnectionLost } from './kafka-log/broker-connection.ts';
import { decodeCommittedOffset } from './kafka-log/committed-offset.ts';
import type { FetchedPartition, PartitionPosition } from './kafka-log/fetch.ts';
import { KafkaCluster } from './kafka-log/kafka-cluster.ts';
import { nextOffset, PartitionUnreadable, partitionKey, visibleRecords } from './kafka-log/read-log.ts';
import { StepPointDetector, type StepPointReached } from './step-point-detector.ts';

const OFFSETS_TOPIC = '__consumer_offsets';
const WATCHED_TOPICS = [
  ...PARTICIPANTS.flatMap((p) => [commandsTopic(p), eventsTopic(p), repliesTopic(p)]),
  OFFSETS_TOPIC,
];
/** Before a broker that failed, or that leads nothing, is asked again. */
const RETRY_DELAY_MS = 100;
/** The broker answers as soon as something is written; this only bounds how long it waits for it. */
const FETCH = { isolation: 'read_uncommitted', maxWaitMs: 500, maxBytesPerPartition: 262_144 } as const;

export interface WatchOptions {
  /** Real ports of all brokers. */
  readonly brokerPorts: readonly number[];
  readonly onReached: (reached: StepPointReached) => void;
  readonly signal: AbortSignal;
}

/**
 * Watches the topics from their present end on and reports every point of a saga step, within milliseconds of its being
 * written. Resolves once it is watching, to a promise that ends when the signal aborts and rejects when watching becomes
 * impossible. A broker that goes away is waited for, a leader that moves is followed; nothing written meanwhile is missed.
 */
export async function watchStepPoints(options: WatchOptions): Promise<{ readonly done: Promise<void> }> {
  const { brokerPorts, signal } = options;
  using cluster = new KafkaCluster(brokerPorts);
  const partitions = await cluster.partitions(WATCHED_TOPICS, signal);
  const watch = new Watch(options, await cluster.ends(partitions, FETCH.isolation, signal));
  const over = new AbortController();
  const loops = brokerPorts.map((port) => watch.follow(port, AbortSignal.any([signal, over.signal])));
  // One loop that fails for good ends the others: half a view would miss moments without saying so.
  const done = Promise.all(loops.map((loop) => loop.catch((error: unknown) => endAll(over, error))));
  return { done: done.then(() => undefined) };
}

function endAll(over: AbortController, error: unknown): never {
  over.abort(error);
  throw error;
}

/** What the loops of all brokers share. Each follows whatever its broker leads at the time. */
class Watch {
  readonly #options: WatchOptions;
  readonly #positions: Map<string, PartitionPosition>;
  readonly #detector = new StepPointDetector();
  /** Counts the failures of all loops; each means that leaders may have moved. */
  #failures = 0;

  constructor(options: WatchOptions, from: readonly PartitionPosition[]) {
    this.#options = options;
    this.#positions = new Map(from.map((position) => [partitionKey(position), position]));
  }

  /** Follows one broker until the signal aborts. Rejects when watching becomes impossible. */
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
    const failures = this.#failures;
    const described = await connection.describeTopics(WATCHED_TOPICS, signal);
    const led = described.filter((one) => one.leaderPort === port).map(partitionKey);
    while (!signal.aborted && failures === this.#failures && led.length > 0) {
      const positions = led.flatMap((key) => this.#positions.get(key) ?? []);
      for (const fetched of await connection.fetch(positions, FETCH, signal)) this.#take(fetched);
    }
    // Another broker may be about to lose what it leads to this one.
    if (led.length === 0 || described.some(({ leaderPort }) => leaderPort === undefined)) await pause(signal);
  }

  #take(fetched: FetchedPartition): void {
    if (fetched.errorCode !== 0) throw new PartitionUnreadable(fetched, fetched.errorCode);
    const key = partitionKey(fetched);
    const from = this.#positions.get(key)?.offset ?? 0;
    for (const record of visibleRecords(fetched, from)) {
      const reached =
        record.topic === OFFSETS_TOPIC ? onCommit(this.#detector, record) : this.#detector.onRecord(record);
      for (const one of reached) this.#options.onReached(one);
    }
    const offset = nextOffset(fetched, from);
    this.#positions.set(key, { topic: fetched.topic, partition: fetched.partition, offset });
  }
}

const pause = (signal: AbortSignal): Promise<unknown> =>
  delay(RETRY_DELAY_MS, undefined, { signal }).catch(() => undefined);

function onCommit(
  detector: StepPointDetector,
  record: Parameters<typeof decodeCommittedOffset>[0],
): readonly StepPointReached[] {
  const commit = decodeCommittedOffset(record);
  return commit === undefined ? [] : detector.onCommit(commit);
}
