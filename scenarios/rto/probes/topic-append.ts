import { type Admin, Kafka, type Producer } from 'kafkajs';
import type { RecoveryProbe } from '../recovery-probe.ts';
import { BatchedSender } from './batched-sender.ts';
import { TopicReader } from './topic-reader.ts';

const TOPIC = 'rto-probe';
const CREATE_BOUND_MS = 10_000;

/** A partition of the probe's own, written as the platform's producers write (its settings, see `platform/kafka`). */
export const topicAppend: RecoveryProbe = {
  name: 'topic-append',
  summary: 'records for one partition (3 replicas, 2 in sync), acks=all, idempotent, read back from the topic',
  intervalMs: 5,
  maxOpen: 200,
  timeoutMs: 1_000,
  isDurable: true,
  leavesBacklog: false,
  led: { kind: 'partition', topic: TOPIC, partition: 0 },
  connect(environment) {
    const ports = environment.entryPorts('kafka');
    const kafka = kafkaOf(ports);
    let created: Promise<void> | undefined;
    let producer: Promise<Producer> | undefined;
    const sender = new BatchedSender(async (keys) => {
      producer ??= connectedProducer(kafka);
      const used = producer;
      try {
        await (await used).send({ topic: TOPIC, acks: -1, messages: keys.map((key) => ({ key, value: null })) });
      } catch (error) {
        producer = undefined;
        void used.then((one) => one.disconnect()).catch(() => undefined);
        throw error;
      }
    });
    const reader = new TopicReader(ports, { topic: TOPIC, partition: 0 });
    return {
      async write(key, signal) {
        created ??= withAdmin(kafka, createTopic).catch((error: unknown) => {
          created = undefined;
          throw error;
        });
        await created;
        return sender.send(key, signal);
      },
      isStored: (id, signal) => reader.has(id, signal),
      async [Symbol.asyncDispose]() {
        reader[Symbol.dispose]();
        await producer?.then((one) => one.disconnect()).catch(() => undefined);
        // Nobody else's topic: an environment that is kept must not keep it.
        await withAdmin(kafka, (admin) => admin.deleteTopics({ topics: [TOPIC] })).catch(() => undefined);
      },
    };
  },
};

const kafkaOf = (ports: readonly number[]): Kafka =>
  new Kafka({
    clientId: 'rto',
    brokers: ports.map((port) => `127.0.0.1:${port}`),
    connectionTimeout: 1_000,
    requestTimeout: 5_000,
    retry: { initialRetryTime: 50, maxRetryTime: 500, factor: 0.2, multiplier: 2, retries: 8 },
    // It reports every retriable answer of a broker as an error; what matters reaches the writes as a rejection.
    logCreator: () => () => undefined,
  });

/**
 * One for as long as all goes well: kafkajs (2.2.4) gives the batch after one that it gave up the same sequence numbers. A
 * leader that has the first takes the second for its repetition and acknowledges it without keeping it (2 of 1592 were lost so).
 */
async function connectedProducer(kafka: Kafka): Promise<Producer> {
  const producer = kafka.producer({
    idempotent: true,
    maxInFlightRequests: 1,
    allowAutoTopicCreation: false,
    retry: { initialRetryTime: 5, maxRetryTime: 200, factor: 0.2, multiplier: 2, retries: 8 },
  });
  await producer.connect();
  return producer;
}

async function withAdmin<R>(kafka: Kafka, use: (admin: Admin) => Promise<R>): Promise<R> {
  const admin = kafka.admin();
  try {
    await admin.connect();
    return await use(admin);
  } finally {
    await admin.disconnect();
  }
}

async function createTopic(admin: Admin): Promise<void> {
  await admin.createTopics({
    topics: [
      {
        topic: TOPIC,
        numPartitions: 1,
        replicationFactor: 3,
        configEntries: [{ name: 'min.insync.replicas', value: '2' }],
      },
    ],
    waitForLeaders: true,
    timeout: CREATE_BOUND_MS,
  });
}
