import { pino } from 'pino';
import { createKafka } from '../kafka/kafka-client.ts';
import { MongoStore } from '../mongo/mongo-store.ts';
import { openKafkaPublisher } from '../outbox/kafka-publisher.ts';
import { runRelay } from '../outbox/relay.ts';
import { PostgresStore } from '../postgres/postgres-store.ts';
import { WakeSignal } from '../time/wake-signal.ts';

// A relay alone in a process, to be killed at any moment: `relay-process.ts <broker> <store url>`.
const [broker = '', url = ''] = process.argv.slice(2);
const log = pino({ level: 'warn' });
await using store = url.startsWith('mongodb')
  ? new MongoStore({ url, database: 'relay', service: 'relay', schema: async () => {} })
  : new PostgresStore({ url, service: 'relay', schema: '' });
const kafka = createKafka({ brokers: [broker], clientId: 'relay', log });
await runRelay({
  outbox: store.outbox,
  openPublisher: () => openKafkaPublisher(kafka, 'order.relay'),
  wakeUp: new WakeSignal(),
  signal: new AbortController().signal,
  random: Math.random,
  onError: (error) => log.warn({ err: error }, 'relay starts again'),
  onAlive: (isAlive) => process.stdout.write(`${isAlive ? 'alive' : 'lost'}\n`),
});
