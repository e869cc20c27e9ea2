import fc from 'fast-check';
import { expect, it } from 'vitest';
import { LeaseTerm } from '../lease/lease-term.ts';
import type { LeaseAnswer, LeaseClaim, Leases } from '../lease/leases.ts';
import type { Outbox, OutboxEvent } from '../store.ts';
import { sleep } from '../time/sleep.ts';
import { WakeSignal } from '../time/wake-signal.ts';
import { BATCH_SIZE_MAX, type Publisher } from './publisher.ts';
import { type RelayStatus, runRelay } from './relay.ts';

const LEASE_MS = 24;
const SMALL_BATCH = 3;
const PATIENCE = new AbortController().signal;
const WITHIN = { timeout: 20_000, interval: 2 };

/** Aggregates, each with a partition of its own. */
const AGGREGATES = ['a', 'b'];

/** Kafka as far as a relay goes: one transactional id, whose newest producer fences all others. */
class KafkaModel {
  readonly log: OutboxEvent[] = [];
  epoch = 0;
  /** The next transaction is committed in some partitions and aborted in the others. */
  tearsNext = false;

  commit(batch: readonly OutboxEvent[]): void {
    const isTorn = this.tearsNext;
    this.tearsNext = false;
    this.log.push(...batch.filter(({ aggregateId }) => !isTorn || aggregateId === AGGREGATES[0]));
    if (isTorn) throw new Error('torn');
  }
}

class DatabaseModel implements Leases {
  readonly rows: OutboxEvent[] = [];
  readonly processed = new Set<string>();
  #lease: { holder: string; untilMs: number } | undefined;

  commit(): void {
    const version = this.rows.length + 1;
    this.rows.push({
      ...{ id: `e${version}`, topic: 't', aggregateId: AGGREGATES[version % 2] ?? '', type: 'x', version },
      ...{ payload: {}, headers: {} },
      ...{ createdAt: new Date(0), processedAt: undefined },
    });
  }

  async take({ holder, leaseMs }: LeaseClaim): Promise<LeaseAnswer> {
    const nowMs = performance.now();
    if (this.#lease !== undefined && this.#lease.holder !== holder && this.#lease.untilMs > nowMs) {
      return { isHeld: false, isContended: true };
    }
    this.#lease = { holder, untilMs: nowMs + leaseMs };
    return { isHeld: true, isContended: true };
  }

  async release({ holder }: { readonly holder: string }): Promise<void> {
    if (this.#lease?.holder === holder) this.#lease = undefined;
  }
}

/** One process: whatever it asks of others takes its time, and it may be suspended or die meanwhile, before or after the effect. */
class ProcessModel {
  status: RelayStatus = 'down';
  readonly #kafka: KafkaModel;
  readonly #database: DatabaseModel;
  readonly #holder = crypto.randomUUID();
  readonly #latencies: Iterator<number>;
  readonly #wakeUp = new WakeSignal();
  readonly #death = new AbortController();
  readonly ended: Promise<void>;
  #suspended: PromiseWithResolvers<void> | undefined;

  constructor(kafka: KafkaModel, database: DatabaseModel, latencies: Iterator<number>) {
    this.#kafka = kafka;
    this.#database = database;
    this.#latencies = latencies;
    this.ended = runRelay({
      outbox: this.#outbox(),
      leadership: { begin: (signal, onStandby) => this.#lead(signal, onStandby) },
      openPublisher: () => this.#call(async () => this.#publisher()),
      wakeUp: this.#wakeUp,
      signal: this.#death.signal,
      random: () => 0,
      onError: () => {},
      onStatus: (status) => {
        this.status = status;
      },
    });
  }

  commit(): void {
    this.#database.commit();
    this.#wakeUp.wake();
  }

  suspend(): void {
    this.#suspended ??= Promise.withResolvers();
  }

  resume(): void {
    this.#suspended?.resolve();
    this.#suspended = undefined;
  }

  kill(): void {
    this.#death.abort();
    this.resume();
  }

  async #call<T>(effect: () => Promise<T>): Promise<T> {
    await this.#pass();
    const result = await effect();
    await this.#pass();
    return result;
  }

  /** Time goes by; a process that is suspended notices nothing of it. */
  async #pass(): Promise<void> {
    await sleep(this.#latencies.next().value ?? 0, PATIENCE);
    await this.#suspended?.promise;
    if (this.#death.signal.aborted) throw new Error('dead');
  }

  async #lead(signal: AbortSignal, onStandby: () => void): Promise<LeaseTerm | undefined> {
    const claim = { name: 'relay', instance: this.#holder, holder: this.#holder, leaseMs: LEASE_MS, succeeds: false };
    const leases: Leases = {
      take: (asked) => this.#call(() => this.#database.take(asked)),
      release: (held) => this.#call(() => this.#database.release(held)),
    };
    while (!signal.aborted) {
      const term = await LeaseTerm.begin({ leases, claim, monotonicMs: () => performance.now() });
      if (term !== undefined) return term;
      onStandby();
      await sleep(3, signal);
    }
    return undefined;
  }

  #outbox(): Outbox {
    const { rows, processed } = this.#database;
    const pending = (limit: number) =>
      rows.filter(({ id }) => !processed.has(id)).slice(0, limit === BATCH_SIZE_MAX ? SMALL_BATCH : limit);
    const mark = (ids: readonly string[]) => {
      for (const id of ids) processed.add(id);
    };
    return {
      fetchPending: (limit) => this.#call(async () => pending(limit)),
      markProcessed: (ids) => this.#call(async () => mark(ids)),
      markAndFetch: (ids, limit) =>
        this.#call(async () => {
          mark(ids);
          return pending(limit);
        }),
      latest: async () => [],
      pendingCount: async () => 0,
    };
  }

  #publisher(): Publisher {
    const kafka = this.#kafka;
    kafka.epoch += 1;
    const { epoch } = kafka;
    return {
      publishedAmong: (events) =>
        this.#call(async () => events.filter((event) => kafka.log.includes(event)).map(({ id }) => id)),
      publish: (batch) =>
        this.#call(async () => {
          if (epoch !== kafka.epoch) throw new Error('fenced');
          kafka.commit(batch);
        }),
      [Symbol.asyncDispose]: async () => {},
    };
  }
}

const moveArbitrary = fc.record({
  kind: fc.constantFrom(
    ...(['commit', 'commit', 'suspend', 'freeze', 'freeze', 'resume', 'resume', 'kill', 'tear'] as const),
  ),
  process: fc.nat(1),
  thenMs: fc.nat(8),
});

it('publishes each event once and in order of its aggregate, however its processes are suspended, resumed and killed and transactions torn', async () => {
  const moves = fc.array(moveArbitrary, { minLength: 20, maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(moves, fc.infiniteStream(fc.nat(3)), async (moves, latencies) => {
      const kafka = new KafkaModel();
      const database = new DatabaseModel();
      const start = () => new ProcessModel(kafka, database, latencies);
      const processes = [start(), start()];
      const all = [...processes];
      for (const move of moves) {
        const process = processes[move.process];
        if (move.kind === 'kill') {
          process?.kill();
          const heir = start();
          processes[move.process] = heir;
          all.push(heir);
        } else if (move.kind === 'freeze') {
          // In the middle of publishing, and for longer than its lease.
          process?.commit();
          await sleep(move.thenMs, PATIENCE);
          process?.suspend();
          await sleep(2 * LEASE_MS, PATIENCE);
        } else if (move.kind === 'tear') kafka.tearsNext = true;
        else process?.[move.kind]();
        await sleep(move.thenMs, PATIENCE);
      }
      for (const process of processes) process.resume();
      database.commit();
      await expect.poll(() => database.processed.size, WITHIN).toBe(database.rows.length);
      for (const aggregate of AGGREGATES) {
        const of = (events: readonly OutboxEvent[]) => events.filter(({ aggregateId }) => aggregateId === aggregate);
        expect(of(kafka.log)).toEqual(of(database.rows));
      }
      for (const process of all) process.kill();
      await Promise.all(all.map(({ ended }) => ended));
    }),
    { numRuns: 8, endOnFailure: true },
  );
}, 60_000);
