import type { Cluster, Redis } from 'ioredis';
import type { Logger } from 'pino';
import { within } from '../time/within.ts';
import { COMMAND_TIMEOUT_MS, openRedis } from './open-redis.ts';

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
/** A command of a cluster may have been sent twice. */
const ANSWER_TIMEOUT_MS = 2 * COMMAND_TIMEOUT_MS;
/** After a failure it is left alone for a while: an unreachable cache must not slow every message down. */
const REST_AFTER_FAILURE_MS = 1_000;

/** The memory in Redis, as `dedupe:<service>:<message id>`. It never throws: the inbox is the truth. */
export class RedisDedupe implements Dedupe {
  readonly #redis: Redis | Cluster;
  readonly #prefix: string;
  readonly #monotonicMs: () => number;
  readonly #log: Logger;
  #restsUntilMs = 0;

  constructor(options: {
    /** Of the server, or of members of a cluster, separated by commas. */
    readonly url: string;
    readonly service: string;
    readonly monotonicMs: () => number;
    readonly log: Logger;
  }) {
    this.#prefix = `dedupe:${options.service}:`;
    this.#monotonicMs = options.monotonicMs;
    this.#log = options.log;
    this.#redis = openRedis(options.url);
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
    if (this.#redis.status !== 'ready' || this.#monotonicMs() < this.#restsUntilMs) return undefined;
    try {
      return await within(command(), ANSWER_TIMEOUT_MS, what);
    } catch (error) {
      this.#restsUntilMs = this.#monotonicMs() + REST_AFTER_FAILURE_MS;
      this.#log.debug({ err: error }, `dedupe cache could not ${what}`);
      return undefined;
    }
  }
}
