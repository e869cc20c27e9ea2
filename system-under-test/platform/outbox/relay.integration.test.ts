import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { provisionTopics } from '../../environment/servers/provision-topics.ts';
import { type StartedServer, startServer } from '../../environment/testing/start-server.ts';
import { createKafka } from '../kafka/kafka-client.ts';
import { MongoStore } from '../mongo/mongo-store.ts';
import { PostgresStore } from '../postgres/postgres-store.ts';
import type { OutboxEvent, Store } from '../store.ts';
import { expectExactlyOnce, writeUntil } from '../testing/outbox-load.ts';
import { sleep } from '../time/sleep.ts';
import { WakeSignal } from '../time/wake-signal.ts';
import { openKafkaPublisher } from './kafka-publisher.ts';
import type { Publisher } from './publisher.ts';
import { runRelay } from './relay.ts';
import { RelayLeadership } from './relay-leadership.ts';

const PATIENCE = new AbortController().signal;
const TOPICS = { postgres: 'order.events', mongodb: 'inventory.events' } as const;
const KILLS = 8;

let kafka: StartedServer;
let postgres: StartedServer;
let mongodb: StartedServer;
beforeAll(async () => {
  [kafka, postgres, mongodb] = await Promise.all([
    startServer('kafka'),
    startServer('postgres'),
    startServer('mongodb'),
  ]);
  await provisionTopics(kafka.port, AbortSignal.timeout(30_000));
});
afterAll(async () => {
  await Promise.all([kafka, postgres, mongodb].map((server) => server?.[Symbol.asyncDispose]()));
});

function spawnRelay(url: string): ChildProcess {
  const script = fileURLToPath(new URL('../testing/relay-process.ts', import.meta.url));
  return spawn(process.execPath, [script, kafka.url, url], { stdio: ['ignore', 'pipe', 'inherit'] });
}

/** Kills relay after relay, each some time after it has begun to publish. */
async function killRelays(url: string): Promise<void> {
  for (let kill = 0; kill < KILLS; kill += 1) {
    const relay = spawnRelay(url);
    const exited = once(relay, 'exit');
    if (relay.stdout) await once(relay.stdout, 'data');
    await sleep(Math.random() * 400, PATIENCE);
    relay.kill('SIGKILL');
    await exited;
  }
}

/** A publisher that fails around its real work: before it, or after the commit that nobody then hears of. */
function breaking(publisher: Publisher): Publisher {
  return {
    publishedAmong: (events) => publisher.publishedAmong(events),
    publish: async (batch: readonly OutboxEvent[]) => {
      if (Math.random() < 0.15) throw new Error('broken before');
      // Abandoned in mid-flight: the old producer goes on while its successor fences it.
      if (Math.random() < 0.15) {
        void publisher.publish(batch).catch(() => {});
        await sleep(Math.random() * 30, PATIENCE);
        throw new Error('broken meanwhile');
      }
      await publisher.publish(batch);
      if (Math.random() < 0.2) throw new Error('broken after');
    },
    [Symbol.asyncDispose]: async () => {
      if (Math.random() < 0.5) await publisher[Symbol.asyncDispose]();
      else setTimeout(() => void publisher[Symbol.asyncDispose](), 1_000);
    },
  };
}

async function relayInProcess(store: Store<unknown>, breaks: boolean, stop: AbortSignal): Promise<number> {
  const client = createKafka({ brokers: [kafka.url], clientId: 'relay', log: pino({ level: 'silent' }) });
  const wakeUp = new WakeSignal();
  store.onPublished(() => wakeUp.wake());
  let errors = 0;
  await runRelay({
    outbox: store.outbox,
    // The instance of the processes that were killed: their lease is no obstacle.
    leadership: new RelayLeadership({
      leases: store.leases,
      instance: 'relay',
      holder: crypto.randomUUID(),
      monotonicMs: () => performance.now(),
    }),
    openPublisher: async () => {
      const publisher = await openKafkaPublisher(client, 'order.relay');
      return breaks ? breaking(publisher) : publisher;
    },
    wakeUp,
    signal: stop,
    random: Math.random,
    onError: () => {
      errors += 1;
    },
  });
  return errors;
}

/** Stop of the writers, then a relay that nobody disturbs, until nothing is pending. */
async function drain(store: Store<unknown>): Promise<void> {
  const stop = new AbortController();
  const relay = relayInProcess(store, false, stop.signal);
  const deadline = Date.now() + 30_000;
  while ((await store.outbox.pendingCount()) > 0 && Date.now() < deadline) await sleep(50, PATIENCE);
  stop.abort();
  await relay;
  expect(await store.outbox.pendingCount()).toBe(0);
}

describe.each([
  ['postgres', () => postgres.url, (url: string) => new PostgresStore({ url, service: 'relay', schema: '' })],
  [
    'mongodb',
    () => mongodb.url,
    (url: string) => new MongoStore({ url, database: 'relay', service: 'relay', schema: async () => {} }),
  ],
] as const)('relay on %s', (engine, urlOf, open) => {
  it('brings each committed event to its topic exactly once and in order, however often it dies', async () => {
    await using store: Store<unknown> = open(urlOf());
    await store.prepare();
    const topic = TOPICS[engine];
    const stopWriting = new AbortController();
    const writers = [0, 1, 2, 3, 4, 5].map((writer) => writeUntil(stopWriting.signal, store, topic, writer));

    await killRelays(urlOf());
    const stopBreaking = new AbortController();
    const breakingRelay = relayInProcess(store, true, stopBreaking.signal);
    await sleep(8_000, PATIENCE);
    stopBreaking.abort();
    const breaks = await breakingRelay;
    stopWriting.abort();
    await Promise.all(writers);

    expect(breaks).toBeGreaterThan(3);
    await drain(store);
    const events = await expectExactlyOnce(kafka.url, store, topic);
    process.stdout.write(`${engine}: ${events} events, ${KILLS} kills, ${breaks} breaks\n`);
    expect(events).toBeGreaterThan(500);
  }, 300_000);
});
