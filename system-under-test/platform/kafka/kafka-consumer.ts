import type { Consumer, EachBatchPayload, Kafka, KafkaMessage, TopicOffsets } from 'kafkajs';
import { type BackoffRange, backoffMs } from '../time/backoff.ts';
import { sleep } from '../time/sleep.ts';
import { within } from '../time/within.ts';
import { ConsumedPositions, type Position } from './consumed-positions.ts';
import { consumerConfig } from './kafka-client.ts';
import type { RecordPlace } from './record-codec.ts';

export interface KafkaConsumerOptions {
  readonly kafka: Kafka;
  readonly groupId: string;
  readonly topics: readonly string[];
  /** Resolves true when the record needs no handling any more, false when it was given up because of a stop. */
  readonly handle: (place: RecordPlace, record: KafkaMessage) => Promise<boolean>;
  readonly monotonicMs: () => number;
  readonly random: () => number;
  readonly onError: (error: unknown) => void;
}

const COMMIT_EVERY_MS = 1_000;
const HEARTBEAT_EVERY_MS = 1_000;
/** Without any sign of life for this long, and no handler at work, the client is taken for dead. */
const SILENCE_MAX_MS = 20_000;
/** A member that cannot commit for this long is replaced: kafkajs may ask a broker for the coordinator that keeps naming the wrong one. */
const COMMIT_PATIENCE_MS = 10_000;
const RESTART_BACKOFF: BackoffRange = { minMs: 200, maxMs: 1_000 };

/**
 * Reads topics as one member of a consumer group and never goes deaf: whenever the client gives up (or only falls
 * silent, or can no longer commit) it is replaced. Offsets are committed after the handler's transaction, once a second, so a crash repeats up
 * to a second of records, which the inbox makes harmless.
 *
 * Committed offsets never go back while the group goes on: one commit at a time, each in the generation that its records were read in, where
 * the broker refuses it once the group has moved on. kafkajs's own commit tries again for seconds, and lands in a
 * later generation, behind what was committed there.
 */
export class KafkaConsumer {
  readonly #options: KafkaConsumerOptions;
  readonly #stopping = new AbortController();
  readonly #loop: Promise<void>;
  #life: ConsumerLife | undefined;

  constructor(options: KafkaConsumerOptions) {
    this.#options = options;
    this.#loop = this.#run();
  }

  /** Whether it is a member of its group right now. */
  get isJoined(): boolean {
    return this.#life?.isJoined ?? false;
  }

  /** Takes no new record, lets running handlers end, commits how far it came and leaves the group. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#loop;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    for (let failures = 1; !signal.aborted; failures += 1) {
      const life = new ConsumerLife(this.#options, signal);
      this.#life = life;
      try {
        await life.live();
      } catch (error) {
        this.#options.onError(error);
        if (life.hasJoined) failures = 1;
      } finally {
        await life.close();
      }
      await sleep(backoffMs(failures, RESTART_BACKOFF, this.#options.random), signal);
    }
  }
}

/** One kafkajs consumer from its start to its end. */
class ConsumerLife {
  isJoined = false;
  hasJoined = false;
  readonly #options: KafkaConsumerOptions;
  readonly #stopSignal: AbortSignal;
  readonly #consumer: Consumer;
  readonly #positions = new ConsumedPositions();
  readonly #ended = Promise.withResolvers<void>();
  #lastSignMs: number;
  /** When Kafka last knew how far it had come. */
  #lastCommitMs: number;
  #handlersAtWork = 0;
  /** Which join its records are read after. */
  #generation = 0;
  #commitUnderWay: Promise<void> | undefined;
  /** Commits once, in the present generation; kafkajs gives it to handlers only. */
  #commitOnce: EachBatchPayload['commitOffsetsIfNecessary'] | undefined;

  constructor(options: KafkaConsumerOptions, stopSignal: AbortSignal) {
    this.#options = options;
    this.#stopSignal = stopSignal;
    this.#consumer = options.kafka.consumer(consumerConfig(options.groupId));
    this.#lastSignMs = options.monotonicMs();
    this.#lastCommitMs = this.#lastSignMs;
    this.#listen();
  }

  /** Resolves at a stop, rejects when the client has died. */
  async live(): Promise<void> {
    const stop = (): void => this.#ended.resolve();
    this.#stopSignal.addEventListener('abort', stop, { once: true });
    const ticking = setInterval(() => this.#tick(), COMMIT_EVERY_MS);
    try {
      await this.#consumer.connect();
      await this.#consumer.subscribe({ topics: [...this.#options.topics], fromBeginning: true });
      await this.#consumer.run({
        autoCommit: false,
        eachBatchAutoResolve: false,
        partitionsConsumedConcurrently: 6,
        eachBatch: (payload) => this.#handleBatch(payload),
      });
      await this.#ended.promise;
    } finally {
      clearInterval(ticking);
      this.#stopSignal.removeEventListener('abort', stop);
    }
  }

  async close(): Promise<void> {
    const deadline = this.#options.monotonicMs() + 5_000;
    const patience = new AbortController().signal;
    while (this.#handlersAtWork > 0 && this.#options.monotonicMs() < deadline) await sleep(10, patience);
    if (this.isJoined) await within(this.#commitRest(), 1_000, 'committing offsets').catch(this.#options.onError);
    this.isJoined = false;
    await within(this.#consumer.disconnect(), 2_000, 'leaving the consumer group').catch(this.#options.onError);
  }

  #listen(): void {
    const { events } = this.#consumer;
    const sign = (): void => {
      this.#lastSignMs = this.#options.monotonicMs();
    };
    const lost = (): void => {
      this.isJoined = false;
    };
    this.#consumer.on(events.FETCH, sign);
    // The coordinator takes heartbeats of members only. A rebalance may end without a join: when the coordinator moves in the
    // middle of it, kafkajs gives the join up and goes on in the generation that the new coordinator still knows.
    this.#consumer.on(events.HEARTBEAT, () => {
      sign();
      this.isJoined = this.hasJoined;
    });
    this.#consumer.on(events.GROUP_JOIN, () => {
      sign();
      this.#generation += 1;
      this.#positions.clear();
      if (this.#commitUnderWay !== undefined && this.#commitOnce === undefined) {
        this.#ended.reject(new Error('the group has moved on while offsets were being committed'));
      }
      this.isJoined = true;
      this.hasJoined = true;
    });
    this.#consumer.on(events.REBALANCING, lost);
    this.#consumer.on(events.DISCONNECT, lost);
    this.#consumer.on(events.STOP, lost);
    this.#consumer.on(events.CRASH, ({ payload }) => {
      lost();
      // Left alone the process would be alive but deaf.
      this.#ended.reject(payload.error);
    });
    // A fetch that holds nothing but transaction markers reaches no handler.
    this.#consumer.on(events.END_BATCH_PROCESS, ({ payload }) => {
      if (payload.batchSize === 0) this.#positions.handled(payload.topic, payload.partition, payload.lastOffset);
    });
  }

  async #handleBatch(payload: EachBatchPayload): Promise<void> {
    const { topic, partition } = payload.batch;
    const generation = this.#generation;
    this.#commitOnce = payload.commitOffsetsIfNecessary;
    for (const record of payload.batch.messages) {
      if (!payload.isRunning() || payload.isStale() || this.#stopSignal.aborted) return;
      if (!(await this.#handleBeating(payload, record))) return;
      // The partition may be somebody else's now, who is perhaps further.
      if (generation !== this.#generation) return;
      payload.resolveOffset(record.offset);
      this.#positions.handled(topic, partition, record.offset);
      await payload.heartbeat();
    }
    this.#positions.handled(topic, partition, payload.batch.lastOffset());
  }

  /** A handler that waits for its database must not cost the membership. */
  async #handleBeating(payload: EachBatchPayload, record: KafkaMessage): Promise<boolean> {
    const beat = setInterval(() => void payload.heartbeat().catch(() => {}), HEARTBEAT_EVERY_MS);
    this.#handlersAtWork += 1;
    try {
      return await this.#options.handle({ topic: payload.batch.topic, partition: payload.batch.partition }, record);
    } finally {
      this.#handlersAtWork -= 1;
      clearInterval(beat);
    }
  }

  #tick(): void {
    const nowMs = this.#options.monotonicMs();
    if (this.isJoined && this.#commitUnderWay === undefined) this.#commit().catch(this.#options.onError);
    else if (!this.isJoined) this.#lastCommitMs = nowMs;
    const uncommittedMs = nowMs - this.#lastCommitMs;
    if (uncommittedMs > COMMIT_PATIENCE_MS) {
      this.#ended.reject(new Error(`offsets not committed for ${Math.round(uncommittedMs)} ms`));
    }
    const silentMs = nowMs - this.#lastSignMs;
    if (this.#handlersAtWork === 0 && silentMs > SILENCE_MAX_MS) {
      this.#ended.reject(new Error(`consumer silent for ${silentMs} ms`));
    }
  }

  #commit(): Promise<void> {
    this.#commitUnderWay = this.#commitPositions().finally(() => {
      this.#commitUnderWay = undefined;
    });
    return this.#commitUnderWay;
  }

  async #commitRest(): Promise<void> {
    await this.#commitUnderWay?.catch(() => {});
    await this.#commit();
  }

  async #commitPositions(): Promise<void> {
    const generation = this.#generation;
    const positions = this.#positions.uncommitted();
    if (positions.length > 0) {
      // Until the first record in its life there are only positions behind transaction markers.
      if (this.#commitOnce === undefined) await this.#consumer.commitOffsets([...positions]);
      else await this.#commitOnce({ topics: byTopic(positions) });
      if (generation === this.#generation) this.#positions.committed(positions);
    }
    this.#lastCommitMs = this.#options.monotonicMs();
  }
}

const byTopic = (positions: readonly Position[]): TopicOffsets[] =>
  [...Map.groupBy(positions, ({ topic }) => topic)].map(([topic, each]) => ({
    topic,
    partitions: each.map(({ partition, offset }) => ({ partition, offset })),
  }));
