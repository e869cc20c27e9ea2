/** Next offset to read of a partition, as Kafka commits it. */
export interface Position {
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
}

/**
 * How far each partition was handled, and how much of that Kafka knows. Positions include the transaction markers
 * behind the last record, which no handler ever sees: without them a consumer's lag would stay at 1 for ever.
 */
export class ConsumedPositions {
  readonly #reached = new Map<string, { readonly topic: string; readonly partition: number; readonly next: bigint }>();
  readonly #committed = new Map<string, bigint>();

  /** Everything up to and including `offset` needs no handling any more. */
  handled(topic: string, partition: number, offset: string): void {
    const key = `${topic}/${partition}`;
    const next = BigInt(offset) + 1n;
    const known = this.#reached.get(key);
    if (known === undefined || next > known.next) this.#reached.set(key, { topic, partition, next });
  }

  /** Positions that Kafka does not know yet. */
  uncommitted(): readonly Position[] {
    return [...this.#reached]
      .filter(([key, { next }]) => this.#committed.get(key) !== next)
      .map(([, { topic, partition, next }]) => ({ topic, partition, offset: next.toString() }));
  }

  committed(positions: readonly Position[]): void {
    for (const { topic, partition, offset } of positions) this.#committed.set(`${topic}/${partition}`, BigInt(offset));
  }

  /** After a rebalance the partitions may belong to somebody else, who is perhaps further. */
  clear(): void {
    this.#reached.clear();
    this.#committed.clear();
  }
}
