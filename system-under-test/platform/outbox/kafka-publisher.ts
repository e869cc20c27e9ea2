import type { Kafka, Producer, Transaction } from 'kafkajs';
import { OUTBOX_PROGRESS_TOPIC, TOPIC_SETTINGS } from '#sut/contract/topics.ts';
import { partitionOf } from '../kafka/aggregate-partitioner.ts';
import { relayProducerConfig } from '../kafka/kafka-client.ts';
import { readTails, type TopicPartition } from '../kafka/read-tails.ts';
import { toRecord } from '../kafka/record-codec.ts';
import type { OutboxEvent } from '../store.ts';
import { within } from '../time/within.ts';
import { BATCH_SIZE_MAX, type Publisher } from './publisher.ts';

const PROGRESS_PARTITION = 0;
const CLOSE_TIMEOUT_MS = 1_000;
const OPEN_TIMEOUT_MS = 15_000;
const PUBLISH_TIMEOUT_MS = 15_000;
const READ_TIMEOUT_MS = 15_000;

/**
 * How many of a partition's last offsets may hold records of the last batch: a batch, the markers that ended its transaction, and
 * room. Only the relay writes to these partitions, and it writes nothing before it knows what became of its last batch.
 */
const TAIL_RECORDS = 2 * BATCH_SIZE_MAX;

/**
 * A publisher on Kafka. The order matters: the first `transaction()` (not `connect()`, in kafkajs) asks for a
 * transactional producer id, by which the broker fences every earlier producer of the same transactional id and
 * finishes its open transaction; only then is it final what readers will ever see of it.
 */
export async function openKafkaPublisher(kafka: Kafka, relayName: string): Promise<Publisher> {
  const producer = kafka.producer(relayProducerConfig(relayName));
  try {
    await within(producer.connect(), OPEN_TIMEOUT_MS, 'connecting the relay');
    const fencing = await within(producer.transaction(), OPEN_TIMEOUT_MS, 'fencing the previous relay');
    const batches = await within(countBatches(kafka, relayName), OPEN_TIMEOUT_MS, 'reading the progress of the relay');
    return new KafkaPublisher(kafka, producer, fencing, relayName, batches);
  } catch (error) {
    await close(producer);
    throw error;
  }
}

class KafkaPublisher implements Publisher {
  readonly #kafka: Kafka;
  readonly #producer: Producer;
  readonly #relayName: string;
  #batchNumber: number;
  /** The transaction that fenced the predecessors, empty until the first batch. */
  #begun: Transaction | undefined;

  constructor(kafka: Kafka, producer: Producer, fencing: Transaction, relayName: string, batchNumber: number) {
    this.#kafka = kafka;
    this.#producer = producer;
    this.#begun = fencing;
    this.#relayName = relayName;
    this.#batchNumber = batchNumber;
  }

  async publishedAmong(events: readonly OutboxEvent[]): Promise<readonly string[]> {
    const wanted = {
      groupId: this.#relayName,
      partitions: byPartition(events),
      records: TAIL_RECORDS,
      timeoutMs: READ_TIMEOUT_MS,
    };
    const found = new Set((await readTails(this.#kafka, wanted)).map(({ id }) => id));
    return events.map(({ id }) => id).filter((id) => found.has(id));
  }

  async publish(batch: readonly OutboxEvent[]): Promise<void> {
    await within(this.#publish(batch), PUBLISH_TIMEOUT_MS, 'publishing a batch');
  }

  async #publish(batch: readonly OutboxEvent[]): Promise<void> {
    const transaction = this.#begun ?? (await this.#producer.transaction());
    this.#begun = undefined;
    // No abort on failure: an abort may fail too, and the next publisher's fencing does it for certain.
    await Promise.all(
      byPartition(batch).map(({ topic, events }) =>
        transaction.send({ topic, messages: events.map(toRecord), acks: -1 }),
      ),
    );
    this.#batchNumber += 1;
    const position = {
      partition: PROGRESS_PARTITION,
      offset: String(this.#batchNumber),
      metadata: batch.map((event) => event.id).join(','),
    };
    await transaction.sendOffsets({
      consumerGroupId: this.#relayName,
      topics: [{ topic: OUTBOX_PROGRESS_TOPIC, partitions: [position] }],
    });
    await transaction.commit();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await close(this.#producer);
  }
}

/** Batches that the relay has committed. */
async function countBatches(kafka: Kafka, relayName: string): Promise<number> {
  const admin = kafka.admin();
  try {
    await admin.connect();
    const [topic] = await admin.fetchOffsets({ groupId: relayName, topics: [OUTBOX_PROGRESS_TOPIC] });
    const found = topic?.partitions.find((entry) => entry.partition === PROGRESS_PARTITION);
    return Math.max(0, Number(found?.offset ?? 0));
  } finally {
    await within(admin.disconnect(), CLOSE_TIMEOUT_MS, 'closing the admin client').catch(() => {});
  }
}

async function close(producer: Producer): Promise<void> {
  // A frozen connection never answers; the producer is of no further use either way.
  await within(producer.disconnect(), CLOSE_TIMEOUT_MS, 'closing the relay').catch(() => {});
}

/**
 * One group for each partition, and so for each broker: kafkajs sends a batch to several brokers at once, and when one of
 * them refuses for a moment (a transaction's markers are not written yet, a leader has moved) it sends the whole
 * batch again while the others still work, with new sequence numbers. The repeats are then in the log for good, in
 * the same transaction. With one partition a repeat has the number of the original, and the broker drops it.
 */
function byPartition(events: readonly OutboxEvent[]): readonly PartitionGroup[] {
  const groups = new Map<string, PartitionGroup>();
  for (const event of events) {
    const { topic } = event;
    const partition = partitionOf(event.aggregateId, TOPIC_SETTINGS.partitions);
    const key = `${topic}/${partition}`;
    const group = groups.get(key) ?? { topic, partition, events: [] };
    group.events.push(event);
    groups.set(key, group);
  }
  return [...groups.values()];
}

interface PartitionGroup extends TopicPartition {
  readonly events: OutboxEvent[];
}
