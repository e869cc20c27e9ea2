import { randomUUID } from 'node:crypto';
import { type Consumer, Kafka, logLevel, type Producer } from 'kafkajs';
import { type Command, HEADERS } from '#sut/contract/messages.ts';
import { commandsTopic, TOPIC_SETTINGS, TOPICS } from '#sut/contract/topics.ts';
import { partitionByAggregate } from '../kafka/aggregate-partitioner.ts';

/** A committed record as a reader sees it. */
export interface SeenRecord {
  readonly topic: string;
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly payload: Readonly<Record<string, unknown>>;
}

/** The other side of the topics, for an integration test of one service: sends its commands and reads what it says. */
export class TopicClient implements AsyncDisposable {
  readonly #producer: Producer;
  readonly #consumer: Consumer;
  readonly #seen: SeenRecord[] = [];

  private constructor(kafka: Kafka) {
    this.#producer = kafka.producer({ createPartitioner: () => partitionByAggregate, maxInFlightRequests: 1 });
    this.#consumer = kafka.consumer({ groupId: `test-${randomUUID()}`, maxWaitTimeInMs: 50, readUncommitted: false });
  }

  /** Creates the topics of the contract on a fresh broker and reads `topics` from their beginning. */
  static async connect(broker: string, topics: readonly string[]): Promise<TopicClient> {
    const kafka = new Kafka({ brokers: [broker], clientId: 'test', logLevel: logLevel.NOTHING });
    await createTopics(kafka);
    const client = new TopicClient(kafka);
    await client.#producer.connect();
    await client.#consumer.connect();
    await client.#consumer.subscribe({ topics: [...topics], fromBeginning: true });
    await client.#consumer.run({
      eachMessage: async ({ topic, message }) => {
        const headers = Object.entries(message.headers ?? {}).map(([name, value]) => [name, String(value)] as const);
        const payload: unknown = JSON.parse(String(message.value));
        if (typeof payload !== 'object' || payload === null)
          throw new Error(`${topic}: not an object: ${message.value}`);
        const seen = { topic, key: String(message.key), headers: Object.fromEntries(headers), payload: { ...payload } };
        client.#seen.push(seen);
      },
    });
    return client;
  }

  /** Sends a command as the orchestrator's relay does; `messageId` repeats a delivery, a new one is a new attempt. */
  async command(command: Command, messageId: string = randomUUID(), traceparent?: string): Promise<string> {
    const headers = {
      [HEADERS.messageId]: messageId,
      [HEADERS.type]: `${command.participant}.${command.action}`,
      [HEADERS.aggregateId]: command.saga_id,
      [HEADERS.version]: '1',
      [HEADERS.sagaId]: command.saga_id,
      [HEADERS.orderId]: command.order_id,
      ...(traceparent === undefined ? {} : { [HEADERS.traceparent]: traceparent }),
    };
    const message = { key: `${command.saga_id}:1`, value: JSON.stringify(command), headers };
    await this.#producer.send({ topic: commandsTopic(command.participant), messages: [message] });
    return messageId;
  }

  /** Sends a domain event as the relay of the service that owns the topic does. */
  async event(event: {
    readonly topic: string;
    readonly type: string;
    readonly aggregateId: string;
    readonly version: number;
    readonly payload: Readonly<Record<string, unknown>>;
  }): Promise<void> {
    const headers = {
      [HEADERS.messageId]: randomUUID(),
      [HEADERS.type]: event.type,
      [HEADERS.aggregateId]: event.aggregateId,
      [HEADERS.version]: String(event.version),
    };
    const key = `${event.aggregateId}:${event.version}`;
    const message = { key, value: JSON.stringify(event.payload), headers };
    await this.#producer.send({ topic: event.topic, messages: [message] });
  }

  /** Everything read so far of the saga in the topic, in order. */
  seen(topic: string, sagaId?: string): readonly SeenRecord[] {
    return this.#seen.filter(
      (record) => record.topic === topic && (sagaId === undefined || record.headers[HEADERS.sagaId] === sagaId),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#consumer.disconnect();
    await this.#producer.disconnect();
  }
}

async function createTopics(kafka: Kafka): Promise<void> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    await admin.createTopics({
      topics: TOPICS.map((topic) => ({
        topic,
        numPartitions: TOPIC_SETTINGS.partitions,
        replicationFactor: 1,
      })),
      waitForLeaders: true,
      timeout: 30_000,
    });
  } finally {
    await admin.disconnect();
  }
}
