/** Runs jobs of one key one after the other, in the order of their calls; keys do not wait for each other. */
export class SerialQueues {
  readonly #tails = new Map<string, Promise<unknown>>();

  run<T>(key: string, job: () => Promise<T>): Promise<T> {
    const result = (this.#tails.get(key) ?? Promise.resolve()).then(job);
    // The next job starts however this one ends; its own caller sees the failure.
    const tail = result.then(
      () => undefined,
      () => undefined,
    );
    this.#tails.set(key, tail);
    return result;
  }
}
