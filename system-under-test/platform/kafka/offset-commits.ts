import type { Consumer, EachBatchPayload, IMemberAssignment, TopicOffsets } from 'kafkajs';
import { ConsumedPositions, type Position } from './consumed-positions.ts';

/**
 * What one consumer has handled, and its commits. Committed offsets never go back while the group goes on: one commit at a time,
 * each in the generation that its records were read in, where the broker refuses it once the group has moved on. kafkajs's
 * own commit tries again for seconds, and lands in a later generation, behind what was committed there.
 */
export class OffsetCommits {
  readonly #consumer: Pick<Consumer, 'commitOffsets'>;
  readonly #positions = new ConsumedPositions();
  #generation = 0;
  #assignment: Readonly<IMemberAssignment> = {};
  #underWay: Promise<void> | undefined;
  /** Commits once, in the present generation; kafkajs gives it to handlers only. */
  #commitOnce: EachBatchPayload['commitOffsetsIfNecessary'] | undefined;

  constructor(consumer: Pick<Consumer, 'commitOffsets'>) {
    this.#consumer = consumer;
  }

  /** Which join records are read after. */
  get generation(): number {
    return this.#generation;
  }

  get isUnderWay(): boolean {
    return this.#underWay !== undefined;
  }

  /** The group has moved on. False: with a commit under way that may yet land in the new generation. */
  joined(assignment: Readonly<IMemberAssignment>): boolean {
    this.#generation += 1;
    this.#assignment = assignment;
    this.#positions.clear();
    return this.#underWay === undefined || this.#commitOnce !== undefined;
  }

  /** Whether the partition is this member's in the present generation. */
  isAssigned(topic: string, partition: number): boolean {
    return this.#assignment[topic]?.includes(partition) ?? false;
  }

  /** To be called before its records are handled; returns the generation that they are handled in. */
  beginBatch({ commitOffsetsIfNecessary }: Pick<EachBatchPayload, 'commitOffsetsIfNecessary'>): number {
    this.#commitOnce = commitOffsetsIfNecessary;
    return this.#generation;
  }

  /**
   * Everything up to and including `offset` needs no handling any more. Of a partition that is not this member's it changes nothing:
   * kafkajs may join again beside a fetch, which then ends in the new generation, behind what the partition's new member committed.
   */
  handled(topic: string, partition: number, offset: string): void {
    if (this.isAssigned(topic, partition)) this.#positions.handled(topic, partition, offset);
  }

  /** Rejects when the broker refuses. To be called only while none `isUnderWay`. */
  commit(): Promise<void> {
    this.#underWay = this.#commitPositions().finally(() => {
      this.#underWay = undefined;
    });
    return this.#underWay;
  }

  /** Commits what is left once that under way has ended. */
  async commitRest(): Promise<void> {
    await this.#underWay?.catch(() => {});
    await this.commit();
  }

  async #commitPositions(): Promise<void> {
    const generation = this.#generation;
    const positions = this.#positions.uncommitted();
    if (positions.length === 0) return;
    // Until the first record in its life there are only positions behind transaction markers.
    if (this.#commitOnce === undefined) await this.#consumer.commitOffsets([...positions]);
    else await this.#commitOnce({ topics: byTopic(positions) });
    if (generation === this.#generation) this.#positions.committed(positions);
  }
}

const byTopic = (positions: readonly Position[]): TopicOffsets[] =>
  [...Map.groupBy(positions, ({ topic }) => topic)].map(([topic, each]) => ({
    topic,
    partitions: each.map(({ partition, offset }) => ({ partition, offset })),
  }));
