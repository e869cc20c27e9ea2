import { randomUUID } from 'node:crypto';
import { type Consumer, Kafka, logLevel, type Producer } from 'kafkajs';
import { type Command, commandSchema, HEADERS, type Reply } from '#sut/contract/messages.ts';
import { commandsTopic, eventsTopic, PARTICIPANTS, repliesTopic } from '#sut/contract/topics.ts';
import { partitionByAggregate } from '#sut/platform/kafka/aggregate-partitioner.ts';

/** What the participants answer to a command; `undefined`: nothing. */
export type Answering = (command: Command) => Promise<Reply['outcome'] | undefined>;

/** All participants in one, on the real topics: remembers every command and answers as it is told. */
export class Participants implements AsyncDisposable {
  /** Every command as it came, in the order of arrival. */
  readonly commands: Command[] = [];
  readonly #producer: Producer;
  readonly #consumer: Consumer;

  private constructor(kafka: Kafka) {
    this.#producer = kafka.producer({ createPartitioner: () => partitionByAggregate, maxInFlightRequests: 1 });
    this.#consumer = kafka.consumer({ groupId: 'participants', maxWaitTimeInMs: 50, readUncommitted: false });
  }

  /** The topics must exist. */
  static async connect(broker: string, answering: Answering): Promise<Participants> {
    const kafka = new Kafka({ brokers: [broker], logLevel: logLevel.NOTHING });
    const participants = new Participants(kafka);
    await participants.#producer.connect();
    await participants.#consumer.connect();
    await participants.#consumer.subscribe({ topics: PARTICIPANTS.map(commandsTopic), fromBeginning: true });
    await participants.#consumer.run({
      partitionsConsumedConcurrently: 12,
      eachMessage: async ({ message }) => {
        const command = commandSchema.parse(JSON.parse(String(message.value)));
        participants.commands.push(command);
        const outcome = await answering(command);
        if (outcome !== undefined) await participants.answer(command, outcome);
      },
    });
    return participants;
  }

  async answer(command: Command, outcome: Reply['outcome'] = 'done'): Promise<void> {
    const { saga_id: sagaId, order_id: orderId, participant, action, step, attempt } = command;
    const payload = { participant, action, step, attempt, outcome };
    await this.#send(repliesTopic(participant), `${participant}.${action}.${outcome}`, { sagaId, orderId, payload });
  }

  /** Publishes `order.created`; the order is called `order-of-<saga id>`. */
  async placeOrder(sagaId: string, changes: Readonly<Record<string, unknown>> = {}): Promise<void> {
    const items = [{ product_id: 'p1', quantity: 1, price_minor: 500 }];
    const payload = { user_id: 'u1', items, total_minor: 500, currency: 'USD', card: 'card-ok', ...changes };
    await this.#send(eventsTopic('order'), 'order.created', { sagaId, orderId: `order-of-${sagaId}`, payload });
  }

  async #send(
    topic: string,
    type: string,
    message: { sagaId: string; orderId: string; payload: Readonly<Record<string, unknown>> },
  ): Promise<void> {
    const { sagaId, orderId, payload } = message;
    const headers = {
      [HEADERS.messageId]: randomUUID(),
      [HEADERS.type]: type,
      [HEADERS.aggregateId]: sagaId,
      [HEADERS.version]: '1',
      [HEADERS.sagaId]: sagaId,
      [HEADERS.orderId]: orderId,
    };
    const value = JSON.stringify({ saga_id: sagaId, order_id: orderId, ...payload });
    await this.#producer.send({ topic, messages: [{ key: `${sagaId}:1`, value, headers }] });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#consumer.disconnect();
    await this.#producer.disconnect();
  }
}
