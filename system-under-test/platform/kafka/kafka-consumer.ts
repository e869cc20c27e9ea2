import { type BackoffRange, backoffMs } from '../time/backoff.ts';
import { sleep } from '../time/sleep.ts';
import { ConsumerLife, type KafkaConsumerOptions } from './consumer-life.ts';

const RESTART_BACKOFF: BackoffRange = { minMs: 200, maxMs: 1_000 };

/**
 * Reads topics as one member of a consumer group and never goes deaf: whenever the client gives up (or only falls
 * silent, or can no longer commit) it is replaced. Offsets are committed after the handler's transaction, once a second, so a crash repeats up
 * to a second of records, which the inbox makes harmless.
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
