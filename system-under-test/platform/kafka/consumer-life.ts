import type { Consumer, EachBatchPayload, Kafka, KafkaMessage } from 'kafkajs';
import { sleep } from '../time/sleep.ts';
import { within } from '../time/within.ts';
import { disconnectOnceStarted } from './disconnect-once-started.ts';
import { consumerConfig } from './kafka-client.ts';
import { OffsetCommits } from './offset-commits.ts';
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

/** One kafkajs consumer from its start to its end. */
export class ConsumerLife {
  isJoined = false;
  hasJoined = false;
  readonly #options: KafkaConsumerOptions;
  readonly #stopSignal: AbortSignal;
  readonly #consumer: Consumer;
  readonly #commits: OffsetCommits;
  readonly #ended = Promise.withResolvers<void>();
  #lastSignMs: number;
  /** When Kafka last knew how far it had come. */
  #lastCommitMs: number;
  #handlersAtWork = 0;
  #starting: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(options: KafkaConsumerOptions, stopSignal: AbortSignal) {
    this.#options = options;
    this.#stopSignal = stopSignal;
    this.#consumer = options.kafka.consumer(consumerConfig(options.groupId));
    this.#commits = new OffsetCommits(this.#consumer);
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
      this.#starting = this.#start();
      // A join may wait for the session of a member that was killed; neither a stop nor who replaces a silent client waits along.
      await Promise.race([this.#starting, this.#ended.promise]);
      await this.#ended.promise;
    } finally {
      clearInterval(ticking);
      this.#stopSignal.removeEventListener('abort', stop);
    }
  }

  /** Ends what is left of it, within 8 s; a start that takes longer is undone as soon as it ends. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const deadline = this.#options.monotonicMs() + 5_000;
    const patience = new AbortController().signal;
    while (this.#handlersAtWork > 0 && this.#options.monotonicMs() < deadline) await sleep(10, patience);
    if (this.isJoined)
      await within(this.#commits.commitRest(), 1_000, 'committing offsets').catch(this.#options.onError);
    this.isJoined = false;
    const left = disconnectOnceStarted(this.#consumer, this.#starting);
    await within(left, 2_000, 'leaving the consumer group').catch(this.#options.onError);
  }

  async #start(): Promise<void> {
    await this.#consumer.connect();
    await this.#consumer.subscribe({ topics: [...this.#options.topics], fromBeginning: true });
    if (this.#isClosed) return;
    await this.#consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: 6,
      eachBatch: (payload) => this.#handleBatch(payload),
    });
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
    this.#consumer.on(events.GROUP_JOIN, ({ payload }) => {
      sign();
      if (!this.#commits.joined(payload.memberAssignment)) {
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
      if (payload.batchSize === 0) this.#commits.handled(payload.topic, payload.partition, payload.lastOffset);
    });
  }

  async #handleBatch(payload: EachBatchPayload): Promise<void> {
    const { topic, partition } = payload.batch;
    // It was fetched before the group moved on, and another member handles it.
    if (!this.#commits.isAssigned(topic, partition)) return;
    const generation = this.#commits.beginBatch(payload);
    for (const record of payload.batch.messages) {
      if (!payload.isRunning() || payload.isStale() || this.#stopSignal.aborted) return;
      if (!(await this.#handleBeating(payload, record))) return;
      // The partition may be somebody else's now, who is perhaps further.
      if (generation !== this.#commits.generation) return;
      payload.resolveOffset(record.offset);
      this.#commits.handled(topic, partition, record.offset);
      await payload.heartbeat();
    }
    this.#commits.handled(topic, partition, payload.batch.lastOffset());
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
    if (!this.isJoined) this.#lastCommitMs = nowMs;
    else if (!this.#commits.isUnderWay) this.#commit().catch(this.#options.onError);
    const uncommittedMs = nowMs - this.#lastCommitMs;
    if (uncommittedMs > COMMIT_PATIENCE_MS) {
      this.#ended.reject(new Error(`offsets not committed for ${Math.round(uncommittedMs)} ms`));
    }
    const silentMs = nowMs - this.#lastSignMs;
    if (this.#handlersAtWork === 0 && silentMs > SILENCE_MAX_MS) {
      this.#ended.reject(new Error(`consumer silent for ${silentMs} ms`));
    }
  }

  async #commit(): Promise<void> {
    await this.#commits.commit();
    this.#lastCommitMs = this.#options.monotonicMs();
  }
}
