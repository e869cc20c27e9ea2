import type { Kafka, Producer, Transaction } from 'kafkajs';
import { TOPIC_SETTINGS, TOPICS } from '#sut/contract/topics.ts';
import { partitionOf } from '../kafka/aggregate-partitioner.ts';
import { relayProducerConfig } from '../kafka/kafka-client.ts';
import { onceItsTransactionEnded } from '../kafka/once-its-transaction-ended.ts';
import { readTails, type TopicPartition } from '../kafka/read-tails.ts';
import { toRecord } from '../kafka/record-codec.ts';
import type { OutboxEvent } from '../store.ts';
import { within } from '../time/within.ts';
import { BATCH_SIZE_MAX, type Publisher } from './publisher.ts';

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
    const fencing = await within(
      onceItsTransactionEnded(() => producer.transaction()),
      OPEN_TIMEOUT_MS,
      'fencing the previous relay',
    );
    const leaders = await within(readLeaders(kafka), OPEN_TIMEOUT_MS, 'asking who leads the partitions');
    return new KafkaPublisher(kafka, producer, fencing, relayName, leaders);
  } catch (error) {
    await close(producer);
    throw error;
  }
}

class KafkaPublisher implements Publisher {
  readonly #kafka: Kafka;
  readonly #producer: Producer;
  readonly #relayName: string;
  readonly #leaders: Leaders;
  /** The transaction that fenced the predecessors, empty until the first batch. */
  #begun: Transaction | undefined;

  constructor(kafka: Kafka, producer: Producer, fencing: Transaction, relayName: string, leaders: Leaders) {
    this.#kafka = kafka;
    this.#producer = producer;
    this.#begun = fencing;
    this.#relayName = relayName;
    this.#leaders = leaders;
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
    const [first, ...others] = requestsFor(byPartition(batch), this.#leaders);
    if (first !== undefined) await onceItsTransactionEnded(() => send(transaction, first));
    for (const groups of others) await send(transaction, groups);
    await transaction.commit();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await close(this.#producer);
  }
}

interface Leaders {
  /** Broker that leads each partition, by `keyOf`. */
  readonly of: ReadonlyMap<string, number>;
  /** Whether another broker could ever lead one of them. */
  readonly canMove: boolean;
}

async function readLeaders(kafka: Kafka): Promise<Leaders> {
  const admin = kafka.admin();
  try {
    await admin.connect();
    const { topics } = await admin.fetchTopicMetadata({ topics: [...TOPICS] });
    const leaders = topics.flatMap(({ name: topic, partitions }) =>
      partitions.map(({ partitionId: partition, leader }) => [keyOf({ topic, partition }), leader] as const),
    );
    const canMove = topics.some(({ partitions }) => partitions.some(({ replicas }) => replicas.length > 1));
    return { of: new Map(leaders), canMove };
  } finally {
    await within(admin.disconnect(), CLOSE_TIMEOUT_MS, 'closing the admin client').catch(() => {});
  }
}

async function close(producer: Producer): Promise<void> {
  // A frozen connection never answers; the producer is of no further use either way.
  await within(producer.disconnect(), CLOSE_TIMEOUT_MS, 'closing the relay').catch(() => {});
}

/**
 * Sends to partitions of one broker in one request. kafkajs 2.2.4 must not try again by itself (`relayProducerConfig`): when
 * one of several brokers refuses it sends the whole batch again while the others still work, with new sequence
 * numbers, and the repeats are in the log for good. One after the other, because a broker refuses to add partitions to a
 * transaction while it is adding others.
 */
async function send(transaction: Transaction, groups: readonly PartitionGroup[]): Promise<void> {
  const topicMessages = groups.map(({ topic, events }) => ({ topic, messages: events.map(toRecord) }));
  await transaction.sendBatch({ topicMessages, acks: -1 });
}

function byPartition(events: readonly OutboxEvent[]): readonly PartitionGroup[] {
  const groups = new Map<string, PartitionGroup>();
  for (const event of events) {
    const place = { topic: event.topic, partition: partitionOf(event.aggregateId, TOPIC_SETTINGS.partitions) };
    const group = groups.get(keyOf(place)) ?? { ...place, events: [] };
    group.events.push(event);
    groups.set(keyOf(place), group);
  }
  return [...groups.values()];
}

/**
 * What is sent with one request each. The first may be sent again, and so must never be split: kafkajs may know of a leader that
 * has moved since, and then one broker could have taken its half. One partition is never split, nor are those whose leader
 * cannot move.
 */
function requestsFor(groups: readonly PartitionGroup[], leaders: Leaders): readonly (readonly PartitionGroup[])[] {
  if (!leaders.canMove) return byLeader(groups, leaders);
  const [first, ...others] = groups;
  return first === undefined ? [] : [[first], ...byLeader(others, leaders)];
}

/** A partition whose leader has changed since the publisher was opened is refused, and the next publisher knows better. */
function byLeader(groups: readonly PartitionGroup[], leaders: Leaders): readonly (readonly PartitionGroup[])[] {
  return [...Map.groupBy(groups, (group) => leaders.of.get(keyOf(group))).values()];
}

const keyOf = ({ topic, partition }: TopicPartition): string => `${topic}/${partition}`;

interface PartitionGroup extends TopicPartition {
  readonly events: OutboxEvent[];
}
