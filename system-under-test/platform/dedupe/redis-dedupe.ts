import { Redis } from 'ioredis';
import type { Logger } from 'pino';

/** A fast, forgetful memory of handled messages in front of the inbox. A wrong `false` costs a transaction, nothing else. */
export interface Dedupe extends AsyncDisposable {
  hasSeen(messageId: string): Promise<boolean>;
  /** Call only after the message's transaction has committed. */
  remember(messageId: string): Promise<void>;
}

export const NO_DEDUPE: Dedupe = {
  hasSeen: async () => false,
  remember: async () => {},
  [Symbol.asyncDispose]: async () => {},
};

const EXPIRY_S = 3_600;
const COMMAND_TIMEOUT_MS = 50;
/** After a failure it is left alone for a while: an unreachable cache must not slow every message down. */
const REST_AFTER_FAILURE_MS = 1_000;

/** The memory in Redis, as `dedupe:<service>:<message id>`. It never throws: the inbox is the truth. */
export class RedisDedupe implements Dedupe {
  readonly #redis: Redis;
  readonly #prefix: string;
  readonly #nowMs: () => number;
  readonly #log: Logger;
  #restsUntilMs = 0;

  constructor(options: {
    readonly url: string;
    readonly service: string;
    readonly nowMs: () => number;
    readonly log: Logger;
  }) {
    this.#prefix = `dedupe:${options.service}:`;
    this.#nowMs = options.nowMs;
    this.#log = options.log;
    this.#redis = new Redis(options.url, {
      connectTimeout: 1_000,
      commandTimeout: COMMAND_TIMEOUT_MS,
      maxRetriesPerRequest: 0,
      enableOfflineQueue: false,
      retryStrategy: (attempt) => Math.min(attempt * 50, 500),
    });
    this.#redis.on('error', (error: Error) => options.log.debug({ err: error }, 'dedupe cache connection'));
  }

  async hasSeen(messageId: string): Promise<boolean> {
    return (await this.#ask('look up', () => this.#redis.exists(this.#prefix + messageId))) === 1;
  }

  async remember(messageId: string): Promise<void> {
    await this.#ask('remember', () => this.#redis.set(this.#prefix + messageId, '1', 'EX', EXPIRY_S));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#redis.disconnect();
  }

  async #ask<T>(what: string, command: () => Promise<T>): Promise<T | undefined> {
    if (this.#redis.status !== 'ready' || this.#nowMs() < this.#restsUntilMs) return undefined;
    try {
      return await command();
    } catch (error) {
      this.#restsUntilMs = this.#nowMs() + REST_AFTER_FAILURE_MS;
      this.#log.debug({ err: error }, `dedupe cache could not ${what}`);
      return undefined;
    }
  }
}
