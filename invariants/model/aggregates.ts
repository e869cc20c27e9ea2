import type { Harvest } from './harvest.ts';
import { memoize } from './memoize.ts';
import { messageTable } from './message-table.ts';

export const NO_AGGREGATE = -1;

/** Aggregates of topics under small numbers, so that what is known of each can stand in arrays. */
export class Aggregates {
  readonly #byTopic = new Map<string, Map<string, number>>();
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** The aggregate's number; a new one for an aggregate that is seen for the first time. */
  add(topic: string, aggregateId: string): number {
    let ofTopic = this.#byTopic.get(topic);
    if (ofTopic === undefined) {
      ofTopic = new Map();
      this.#byTopic.set(topic, ofTopic);
    }
    const known = ofTopic.get(aggregateId);
    if (known !== undefined) return known;
    ofTopic.set(aggregateId, this.#count);
    this.#count += 1;
    return this.#count - 1;
  }

  find(topic: string, aggregateId: string): number {
    return this.#byTopic.get(topic)?.get(aggregateId) ?? NO_AGGREGATE;
  }

  /** Ids of a topic's aggregates, with their numbers. */
  in(topic: string): Iterable<readonly [string, number]> {
    return this.#byTopic.get(topic) ?? [];
  }
}

export interface RecordAggregates {
  readonly aggregates: Aggregates;
  /** Number of the aggregate of the record at each place of `harvest.topics`. */
  readonly ofPlace: Int32Array;
  /** The same by the message's number, for messages with a committed record. */
  readonly ofMessage: Int32Array;
}

export const recordAggregates = memoize((harvest: Harvest): RecordAggregates => {
  const messages = messageTable(harvest);
  const aggregates = new Aggregates();
  const ofPlace = new Int32Array(harvest.topics.length);
  const ofMessage = new Int32Array(messages.size).fill(NO_AGGREGATE);
  harvest.topics.forEach((record, place) => {
    const aggregate = aggregates.add(record.topic, record.aggregateId);
    ofPlace[place] = aggregate;
    const number = messages.numberOfRecord(place);
    if (number >= 0 && messages.record(number) === record) ofMessage[number] = aggregate;
  });
  return { aggregates, ofPlace, ofMessage };
});
