import type { Kafka } from 'kafkajs';
import { SETTINGS } from '#sut/contract/settings.ts';
import type { StoredService } from '#sut/contract/stores.ts';
import { deadLettersTopic } from '#sut/contract/topics.ts';
import { type Dedupe, NO_DEDUPE, RedisDedupe } from '../dedupe/redis-dedupe.ts';
import { Inbox } from '../inbox/inbox.ts';
import { createKafka } from '../kafka/kafka-client.ts';
import { KafkaConsumer } from '../kafka/kafka-consumer.ts';
import type { Subscription } from '../kafka/subscription.ts';
import { openKafkaPublisher } from '../outbox/kafka-publisher.ts';
import { publisherOf } from '../outbox/publisher-setting.ts';
import { type RelayStatus, runRelay } from '../outbox/relay.ts';
import { RelayLeadership } from '../outbox/relay-leadership.ts';
import type { Store } from '../store.ts';
import { WakeSignal } from '../time/wake-signal.ts';
import { within } from '../time/within.ts';
import { checkOf, type ReadinessChecks } from './readiness.ts';
import type { ServiceBase } from './service-base.ts';

/** The relay, unless Debezium publishes, and the consumer of a running service. */
export interface Messaging {
  readonly checks: ReadinessChecks;
  /** Takes no more messages and ends the running handlers. */
  stopConsumer(): Promise<void>;
  /** Publishes what is committed, then stops; call it after the last commit. Without a relay there is nothing to do. */
  stopRelay(): Promise<void>;
}

const RELAY_DRAIN_MS = 4_000;

/** Starts the relay unless Debezium publishes, and the consumer when the service subscribes to anything. The store must be prepared. */
export function startMessaging<Tx>(
  base: ServiceBase,
  service: StoredService,
  store: Store<Tx>,
  subscriptions: readonly Subscription<Tx>[],
): Messaging {
  const { settings, log } = base;
  const brokers = settings.required(SETTINGS.kafkaBrokers).split(',');
  const kafka = createKafka({ brokers, clientId: settings.instance, log });
  const relay = publisherOf(settings) === 'relay' ? startRelay(base, kafka, service, store) : undefined;
  const dedupe = openDedupe(base, service);
  const inbox = new Inbox({
    store,
    subscriptions,
    deadLettersTopic: deadLettersTopic(service),
    dedupe,
    log,
    random: Math.random,
    signal: base.draining,
  });
  const consumer =
    subscriptions.length === 0
      ? undefined
      : new KafkaConsumer({
          kafka,
          groupId: service,
          topics: subscriptions.map(({ topic }) => topic),
          handle: (place, record) => inbox.handle(place, record),
          monotonicMs: () => performance.now(),
          random: Math.random,
          onError: (error) => log.warn({ err: error }, 'consumer'),
        });
  return {
    checks: {
      ...(relay ? { relay: checkOf(() => relay.isUp, 'no Kafka producer') } : {}),
      ...(consumer ? { consumer: checkOf(() => consumer.isJoined, 'not in its consumer group') } : {}),
    },
    stopConsumer: async () => {
      await consumer?.stop();
      await dedupe[Symbol.asyncDispose]();
    },
    stopRelay: async () => relay?.stop(),
  };
}

interface RunningRelay {
  readonly isUp: boolean;
  stop(): Promise<void>;
}

function startRelay<Tx>(base: ServiceBase, kafka: Kafka, service: StoredService, store: Store<Tx>): RunningRelay {
  const { settings, log } = base;
  const wakeUp = new WakeSignal();
  store.onPublished(() => wakeUp.wake());
  const ended = new AbortController();
  let current: RelayStatus = 'down';
  const relay = runRelay({
    outbox: store.outbox,
    leadership: new RelayLeadership({
      leases: store.leases,
      instance: settings.instance,
      holder: base.context.newId(),
      monotonicMs: () => performance.now(),
    }),
    openPublisher: () => openKafkaPublisher(kafka, `${service}.relay`),
    wakeUp,
    signal: ended.signal,
    random: Math.random,
    onError: (error) => log.warn({ err: error }, 'relay starts again'),
    onStatus: (status) => {
      if (status !== current) log.info({ relay: status }, 'relay');
      current = status;
    },
  });
  return {
    get isUp() {
      return current !== 'down';
    },
    async stop() {
      ended.abort();
      // What it could not publish is committed and waits for the next start.
      await within(relay, RELAY_DRAIN_MS, 'the last round of the relay').catch((error: unknown) =>
        log.warn({ err: error }, 'outbox not drained'),
      );
    },
  };
}

function openDedupe(base: ServiceBase, service: StoredService): Dedupe {
  const url = base.settings.optional(SETTINGS.redisUrl);
  if (url === undefined) return NO_DEDUPE;
  return new RedisDedupe({ url, service, monotonicMs: () => performance.now(), log: base.log });
}
