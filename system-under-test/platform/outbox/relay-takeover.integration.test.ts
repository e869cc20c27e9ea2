import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { provisionTopics } from '../../environment/servers/provision-topics.ts';
import { type StartedServer, startServer } from '../../environment/testing/start-server.ts';
import { MongoStore } from '../mongo/mongo-store.ts';
import { PostgresStore } from '../postgres/postgres-store.ts';
import type { Store } from '../store.ts';
import { expectExactlyOnce, writeUntil } from '../testing/outbox-load.ts';
import type { RelayStatus } from './relay.ts';

const TOPICS = { postgres: 'order.events', mongodb: 'inventory.events' } as const;
const SCRIPT = fileURLToPath(new URL('../testing/relay-process.ts', import.meta.url));
/** Far more than are written while one of them waits. */
const LATEST_EVENTS = 20_000;
const WITHIN = { timeout: 30_000, interval: 5 };
/** The lease and a margin for a busy machine. */
const TAKEOVER_MAX_MS = 8_000;

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

/** One instance of a service, as far as its relay goes. */
class RelayProcess implements AsyncDisposable {
  /** Everything that it said about itself, the newest last. */
  readonly said: RelayStatus[] = [];
  readonly #child: ChildProcess;

  constructor(url: string, instance: string) {
    this.#child = spawn(process.execPath, [SCRIPT, kafka.url, url, instance], { stdio: ['ignore', 'pipe', 'inherit'] });
    if (this.#child.stdout === null) throw new Error('no output to read');
    const lines = createInterface({ input: this.#child.stdout });
    lines.on('line', (line) => {
      if (line === 'leading' || line === 'standby' || line === 'down') this.said.push(line);
    });
  }

  get status(): RelayStatus | undefined {
    return this.said.at(-1);
  }

  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.#child.kill(signal);
  }

  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, 'exit');
    this.#child.kill(signal);
    await exited;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end('SIGKILL');
  }
}

async function whenStatus(relay: RelayProcess, status: RelayStatus): Promise<void> {
  await expect.poll(() => relay.status, WITHIN).toBe(status);
}

/** That very event: others are written all the time, so the newest need never be published. */
async function whenPublished(store: Store<unknown>, id: string): Promise<void> {
  const processedAt = async () => {
    const events = await store.outbox.latest(LATEST_EVENTS);
    return events.find((event) => event.id === id)?.processedAt;
  };
  await expect.poll(processedAt, { ...WITHIN, interval: 100 }).toBeDefined();
}

/** Milliseconds until `heir` leads. */
async function takeover(heir: RelayProcess, from: number): Promise<number> {
  await whenStatus(heir, 'leading');
  return Math.round(performance.now() - from);
}

/** Somebody leads, somebody waits. */
async function startTwo(url: string, resources: AsyncDisposableStack): Promise<[RelayProcess, RelayProcess]> {
  const leader = resources.use(new RelayProcess(url, 'a'));
  await whenStatus(leader, 'leading');
  const standby = resources.use(new RelayProcess(url, 'b'));
  await whenStatus(standby, 'standby');
  return [leader, standby];
}

describe.each([
  ['postgres', () => postgres.url, (url: string) => new PostgresStore({ url, service: 'relay', schema: '' })],
  [
    'mongodb',
    () => mongodb.url,
    (url: string) => new MongoStore({ url, database: 'relay', service: 'relay', schema: async () => {} }),
  ],
] as const)('two relays of one service on %s', (engine, urlOf, open) => {
  /** Runs `disturb` while events are written, then expects each of them once and in order. */
  async function expectExactlyOnceThrough(
    disturb: (resources: AsyncDisposableStack, store: Store<unknown>) => Promise<void>,
  ): Promise<void> {
    await using store: Store<unknown> = open(urlOf());
    await store.prepare();
    const stop = new AbortController();
    const writers = [0, 1, 2].map((writer) =>
      writeUntil(stop.signal, store, TOPICS[engine], writer, { waitsForRelay: true }),
    );
    await using resources = new AsyncDisposableStack();
    try {
      await disturb(resources, store);
    } finally {
      stop.abort();
      await Promise.all(writers);
    }
    await expect.poll(() => store.outbox.pendingCount(), WITHIN).toBe(0);
    const events = await expectExactlyOnce(kafka.url, store, TOPICS[engine]);
    process.stdout.write(`${engine}: ${events} events\n`);
  }

  it('take over from each other within seconds of kill -9', async () => {
    await expectExactlyOnceThrough(async (resources) => {
      let [leader, standby] = await startTwo(urlOf(), resources);
      const takeoversMs: number[] = [];
      for (let kill = 0; kill < 4; kill += 1) {
        const killedAt = performance.now();
        await leader.end('SIGKILL');
        takeoversMs.push(await takeover(standby, killedAt));
        const next = resources.use(new RelayProcess(urlOf(), kill % 2 === 0 ? 'a' : 'b'));
        await whenStatus(next, 'standby');
        [leader, standby] = [standby, next];
      }
      process.stdout.write(`${engine}: taken over after ${takeoversMs.join(', ')} ms\n`);
      expect(Math.max(...takeoversMs)).toBeLessThan(TAKEOVER_MAX_MS);
    });
  });

  it('publish nothing twice when a leader sleeps through its lease and goes on', async () => {
    await expectExactlyOnceThrough(async (resources, store) => {
      let [leader, standby] = await startTwo(urlOf(), resources);
      for (let pause = 0; pause < 3; pause += 1) {
        const heard = standby.said.length;
        const pausedAt = performance.now();
        leader.signal('SIGSTOP');
        expect(await takeover(standby, pausedAt)).toBeLessThan(TAKEOVER_MAX_MS);
        leader.signal('SIGCONT');
        await whenStatus(leader, 'standby');
        // The sleeper gives way for good: its heir was never fenced by it, and works.
        const awake = await store.transaction((unit) =>
          unit.publish({ topic: TOPICS[engine], aggregateId: 'aggregate-0', type: 'awake', payload: { pause } }),
        );
        await whenPublished(store, awake);
        expect(standby.said.slice(heard)).not.toContain('down');
        expect([leader.status, standby.status]).toEqual(['standby', 'leading']);
        [leader, standby] = [standby, leader];
      }
    });
  });

  it('hand over at once when the leader is asked to end', async () => {
    await expectExactlyOnceThrough(async (resources) => {
      const [leader, standby] = await startTwo(urlOf(), resources);
      await leader.end('SIGTERM');
      const tookMs = await takeover(standby, performance.now());
      process.stdout.write(`${engine}: handed over after ${tookMs} ms\n`);
      expect(tookMs).toBeLessThan(1_500);
    });
  });
});
