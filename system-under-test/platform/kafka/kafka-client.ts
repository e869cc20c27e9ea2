import { type ConsumerConfig, Kafka, type LogEntry, logLevel, type ProducerConfig } from 'kafkajs';
import type { Logger } from 'pino';
import { partitionByAggregate } from './aggregate-partitioner.ts';
import './remember-coordinators.ts';
import './rest-idle-connections.ts';

/**
 * Settings of every Kafka client, with their reasons.
 *
 * `requestTimeout`: a partition freezes connections without closing them; this is how long a request may stay
 * unanswered. `retry` is short and capped low: a client that backs off for 30 s is deaf long after the network healed.
 */
export function createKafka(options: {
  readonly brokers: readonly string[];
  readonly clientId: string;
  readonly log: Logger;
}): Kafka {
  return new Kafka({
    clientId: options.clientId,
    brokers: [...options.brokers],
    connectionTimeout: 1_000,
    requestTimeout: 5_000,
    retry: { initialRetryTime: 50, maxRetryTime: 500, factor: 0.2, multiplier: 2, retries: 8 },
    // The library reports every retriable protocol answer as an error; who acts on it logs it.
    logLevel: logLevel.INFO,
    logCreator: () => (entry: LogEntry) => {
      const { message, timestamp: _timestamp, logger: _logger, stack: _stack, ...fields } = entry.log;
      options.log.debug({ kafka: entry.namespace, ...fields }, message);
    },
  });
}

/**
 * The relay's producer (a transactional id makes its records idempotent too). One request in flight: with more, a broker's death reorders, loses or repeats records (seen
 * with kafkajs 2.2.4). It never tries again by itself: what became of a request is found out by the next publisher, and the one answer
 * that is certain is waited for in `onceItsTransactionEnded`. The transaction timeout bounds how long an abandoned
 * transaction can hide later records from readers.
 */
export function relayProducerConfig(transactionalId: string): ProducerConfig {
  return {
    transactionalId,
    maxInFlightRequests: 1,
    transactionTimeout: 10_000,
    allowAutoTopicCreation: false,
    createPartitioner: () => partitionByAggregate,
    retry: { retries: 0 },
  };
}

/**
 * For every consumer: one that gives up never restarts by itself. kafkajs (2.2.4) sets the timer of a restart after a disconnect which
 * ours joins, so nobody clears it, and a consumer that was closed comes back and reads what it no longer should.
 */
export const NEVER_RESTARTS = { restartOnFailure: async () => false } as const;

/**
 * A service's consumer. `sessionTimeout` is the shortest that a broker allows by default: a killed member is replaced
 * after it. `maxWaitTimeInMs`: how late an idle fetch notices anything else, a stop included; records end the wait at once,
 * and a shorter one makes a dozen idle services ask three brokers hundreds of times a second. The retries outlast
 * short outages; a consumer that gives up is replaced by `KafkaConsumer`. By itself it would come back beside its successor, and handle
 * records whose offsets nobody commits.
 */
export function consumerConfig(groupId: string): ConsumerConfig {
  return {
    groupId,
    sessionTimeout: 6_000,
    rebalanceTimeout: 8_000,
    heartbeatInterval: 1_000,
    maxWaitTimeInMs: 300,
    readUncommitted: false,
    allowAutoTopicCreation: false,
    retry: {
      ...{ initialRetryTime: 50, maxRetryTime: 500, factor: 0.2, multiplier: 2, retries: 20 },
      ...NEVER_RESTARTS,
    },
  };
}
