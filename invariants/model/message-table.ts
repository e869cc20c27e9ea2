import type { Harvest, OutboxRow, TopicRecord } from './harvest.ts';
import { memoize } from './memoize.ts';

const NONE = -1;

/**
 * Every message of a harvest under a small number, so that checkers can join outbox, topics, inbox and causes with one
 * look-up by id per row and arrays from there on: ids are long, and maps of them are what judging costs. Message
 * `n` below `outbox.length` is outbox row `n`; records without an outbox row come behind.
 */
export class MessageTable {
  readonly #harvest: Harvest;
  readonly #numbers = new Map<string, number>();
  readonly #records: (TopicRecord | undefined)[] = [];
  /** By place in `harvest.topics`. */
  readonly #numberOfRecord: Int32Array;
  #causes: Int32Array | undefined;

  constructor(harvest: Harvest) {
    this.#harvest = harvest;
    const { outbox, topics } = harvest;
    for (let n = 0; n < outbox.length; n++) {
      const id = outbox[n]?.id ?? '';
      if (!this.#numbers.has(id)) this.#numbers.set(id, n);
      this.#records.push(undefined);
    }
    this.#numberOfRecord = new Int32Array(topics.length).fill(NONE);
    topics.forEach((record, place) => {
      if (record.committed) this.#numberOfRecord[place] = this.#addRecord(record);
    });
  }

  #addRecord(record: TopicRecord): number {
    const known = this.#numbers.get(record.messageId);
    const number = known ?? this.#records.length;
    if (known === undefined) {
      this.#numbers.set(record.messageId, number);
      this.#records.push(record);
    } else this.#records[number] ??= record;
    return number;
  }

  /** How many numbers there are. */
  get size(): number {
    return this.#records.length;
  }

  numberOf(messageId: string): number | undefined {
    return this.#numbers.get(messageId);
  }

  /** Number of the committed record at a place of `harvest.topics`; -1 for one that is not committed. */
  numberOfRecord(place: number): number {
    return this.#numberOfRecord[place] ?? NONE;
  }

  /** The first outbox row under the number's id. */
  row(number: number): OutboxRow | undefined {
    return this.#harvest.outbox[number];
  }

  /** The first record of the message that a read_committed consumer sees. */
  record(number: number): TopicRecord | undefined {
    return this.#records[number];
  }

  recordById(messageId: string): TopicRecord | undefined {
    const number = this.#numbers.get(messageId);
    return number === undefined ? undefined : this.#records[number];
  }

  /** Number of the message that caused outbox row `n`; -1 when it has no cause or the cause is no known message. */
  causeOf(n: number): number {
    this.#causes ??= Int32Array.from(this.#harvest.outbox, ({ causeId }) =>
      causeId === '' ? NONE : (this.#numbers.get(causeId) ?? NONE),
    );
    return this.#causes[n] ?? NONE;
  }
}

export const messageTable = memoize((harvest: Harvest): MessageTable => new MessageTable(harvest));
