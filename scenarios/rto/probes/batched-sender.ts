interface Waiting {
  readonly key: string;
  readonly settled: PromiseWithResolvers<string>;
}

const MOST_IN_BATCH = 500;

/**
 * Sends one batch at a time and gathers meanwhile what else is to be sent: with more than one outstanding, kafkajs
 * has been seen to lose and repeat records when a leader died.
 */
export class BatchedSender {
  readonly #sendBatch: (keys: readonly string[]) => Promise<void>;
  #waiting: Waiting[] = [];
  #isSending = false;

  constructor(sendBatch: (keys: readonly string[]) => Promise<void>) {
    this.#sendBatch = sendBatch;
  }

  /** Resolves to the key once its batch is acknowledged. Rejects as the batch, or when the signal aborts: it may be sent all the same, unless it still waited. */
  async send(key: string, signal: AbortSignal): Promise<string> {
    signal.throwIfAborted();
    const settled = Promise.withResolvers<string>();
    const one = { key, settled };
    const onAbort = (): void => {
      this.#waiting = this.#waiting.filter((other) => other !== one);
      settled.reject(signal.reason);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    this.#waiting.push(one);
    if (!this.#isSending) void this.#sendAll();
    try {
      return await settled.promise;
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  async #sendAll(): Promise<void> {
    this.#isSending = true;
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, MOST_IN_BATCH);
      try {
        await this.#sendBatch(batch.map(({ key }) => key));
        for (const { key, settled } of batch) settled.resolve(key);
      } catch (error) {
        for (const { settled } of batch) settled.reject(error);
      }
    }
    this.#isSending = false;
  }
}
