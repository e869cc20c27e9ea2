import type { Harvest, OutboxRow, TopicRecord } from './harvest.ts';
import { IdTable } from './id-table.ts';
import { memoize } from './memoize.ts';

const NONE = -1;

/**
 * Every message of a harvest under a small number, so that checkers can join outbox, topics, inbox and causes with one
 * look-up by id per row and arrays from there on: ids are long, and looking them up is what judging costs. Message
 * `n` below `outbox.length` is outbox row `n`; records without an outbox row come behind.
 */
export class MessageTable {
  readonly #harvest: Harvest;
  readonly #ids: IdTable;
  /** Outbox rows whose id stood in an outbox before, with the number of the first. */
  readonly #repeated = new Map<number, number>();
  readonly #records: (TopicRecord | undefined)[] = [];
  /** By place in `harvest.topics`. */
  readonly #numberOfRecord: Int32Array;
  #causes: Int32Array | undefined;

  constructor(harvest: Harvest) {
    this.#harvest = harvest;
    const { outbox, topics } = harvest;
    this.#ids = new IdTable(outbox.length);
    outbox.forEach(({ id }, n) => {
      const number = this.#ids.add(id);
      this.#records.push(undefined);
      if (number === n) return;
      this.#repeated.set(n, number);
      // Takes the number of the row: no message has an id with a control character.
      this.#ids.add(`\0${n}`);
    });
    this.#numberOfRecord = new Int32Array(topics.length).fill(NONE);
    topics.forEach((record, place) => {
      if (!record.committed) return;
      const number = this.#ids.add(record.messageId);
      this.#numberOfRecord[place] = number;
      this.#records[number] ??= record;
    });
  }

  /** How many numbers there are. */
  get size(): number {
    return this.#records.length;
  }

  /** -1 for a message that nobody published. */
  numberOf(messageId: string): number {
    return this.#ids.find(messageId);
  }

  /** Number of the message in outbox row `n`: `n` itself, unless its id stands in an earlier row already. */
  numberOfRow(n: number): number {
    return this.#repeated.get(n) ?? n;
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
    return this.#records[this.#ids.find(messageId)];
  }

  /** Number of the message that caused outbox row `n`; -1 when it has no cause or the cause is no known message. */
  causeOf(n: number): number {
    this.#causes ??= Int32Array.from(this.#harvest.outbox, ({ causeId }) =>
      causeId === '' ? NONE : this.#ids.find(causeId),
    );
    return this.#causes[n] ?? NONE;
  }
}

export const messageTable = memoize((harvest: Harvest): MessageTable => new MessageTable(harvest));
