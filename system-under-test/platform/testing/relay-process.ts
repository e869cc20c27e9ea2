import { pino } from 'pino';
import { createKafka } from '../kafka/kafka-client.ts';
import { MongoStore } from '../mongo/mongo-store.ts';
import { openKafkaPublisher } from '../outbox/kafka-publisher.ts';
import { runRelay } from '../outbox/relay.ts';
import { RelayLeadership } from '../outbox/relay-leadership.ts';
import { PostgresStore } from '../postgres/postgres-store.ts';
import { WakeSignal } from '../time/wake-signal.ts';

// A relay alone in a process, to be killed at any moment: `relay-process.ts <broker> <store url> [<instance>]`.
const [broker = '', url = '', instance = 'relay'] = process.argv.slice(2);
const log = pino({ level: 'warn' });
await using store = url.startsWith('mongodb')
  ? new MongoStore({ url, database: 'relay', service: 'relay', schema: async () => {} })
  : new PostgresStore({ url, service: 'relay', schema: '' });
await store.prepare();
const stop = new AbortController();
process.on('SIGTERM', () => stop.abort());
const kafka = createKafka({ brokers: [broker], clientId: 'relay', log });
await runRelay({
  outbox: store.outbox,
  leadership: new RelayLeadership({
    leases: store.leases,
    instance,
    holder: crypto.randomUUID(),
    monotonicMs: () => performance.now(),
  }),
  openPublisher: () => openKafkaPublisher(kafka, 'order.relay'),
  wakeUp: new WakeSignal(),
  signal: stop.signal,
  random: Math.random,
  onError: (error) => log.warn({ err: error }, 'relay starts again'),
  onStatus: (status) => process.stdout.write(`${status}\n`),
});
