import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type StartedServer, startServer } from '../environment/testing/start-server.ts';
import { MongoStore } from './mongo/mongo-store.ts';
import { PostgresStore } from './postgres/postgres-store.ts';
import type { IncomingMessage, OutboxEvent, Store } from './store.ts';
import { type FaultyProxy, type PacketFault, startFaultyProxy } from './testing/faulty-proxy.ts';
import { Deadline, DeadlinePassedError, withDeadline } from './time/deadline.ts';

let postgres: StartedServer;
let mongodb: StartedServer;
beforeAll(async () => {
  [postgres, mongodb] = await Promise.all([startServer('postgres'), startServer('mongodb')]);
});
afterAll(async () => {
  await Promise.all([postgres, mongodb].map((server) => server?.[Symbol.asyncDispose]()));
});

interface Engine {
  readonly port: () => number;
  readonly open: (port: number) => Store<unknown>;
  /** What the packet with the commit contains. */
  readonly commit: string;
}
const ENGINES: Readonly<Record<'postgres' | 'mongodb', Engine>> = {
  postgres: {
    port: () => postgres.port,
    open: (port) =>
      new PostgresStore({ url: `postgres://shop@127.0.0.1:${port}/postgres`, service: 'test', schema: '' }),
    commit: 'commit_markers',
  },
  mongodb: {
    port: () => mongodb.port,
    open: (port) =>
      new MongoStore({
        url: `mongodb://127.0.0.1:${port}/?directConnection=true`,
        database: 'test',
        service: 'test',
        schema: async () => {},
      }),
    commit: 'commitTransaction',
  },
};

const message = (id: string): IncomingMessage => ({
  id,
  topic: 'order.commands',
  type: 'test',
  aggregateId: id,
  version: 1,
  sagaId: undefined,
  orderId: undefined,
  payload: {},
  traceparent: undefined,
  record: { partition: 0, offset: '0', headers: {} },
});
const publish = (aggregateId: string, type = 'written') => ({ topic: 'order.events', aggregateId, type, payload: {} });

async function about(store: Store<unknown>, aggregateId: string): Promise<readonly OutboxEvent[]> {
  return (await store.outbox.latest(10_000)).filter((event) => event.aggregateId === aggregateId).toReversed();
}

describe.each(['postgres', 'mongodb'] as const)('store on %s', (name) => {
  const engine = ENGINES[name];
  let proxy: FaultyProxy;
  let store: Store<unknown>;
  beforeAll(async () => {
    proxy = await startFaultyProxy(engine.port());
    store = engine.open(proxy.port);
    // Twice at once, as two instances of a service would.
    await Promise.all([store.prepare(), store.prepare()]);
  });
  afterAll(async () => {
    await store?.[Symbol.asyncDispose]();
    await proxy?.[Symbol.asyncDispose]();
  });

  it('can be prepared again while another instance is in the middle of a transaction', async () => {
    await store.transaction(async (unit) => {
      await unit.publish(publish('prepared-beside'));
      await store.prepare();
    });
  });

  it('begins no transaction for a request whose time is up', async () => {
    let begun = 0;
    const begin = () => store.transaction(async () => (begun += 1));
    await withDeadline(new Deadline(60_000), begin);
    await expect(withDeadline(new Deadline(0), begin)).rejects.toThrow(DeadlinePassedError);
    expect(begun).toBe(1);
  });

  it.each<[PacketFault, number]>([
    ['answer-lost', 0],
    ['request-lost', 0],
    ['request-late', 4_500],
  ])('commits exactly once when the commit meets %s', async (fault, delayMs) => {
    proxy.arm(engine.commit, fault, delayMs);
    const before = proxy.hits;
    const id = `${fault}-commit`;
    await store.transaction((unit) => unit.publish(publish(id)));
    expect(proxy.hits).toBe(before + 1);
    expect(await about(store, id)).toHaveLength(1);
  });

  it('handles a message once, however many try at once', async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 8 }, () =>
        store.handleOnce(message('once'), async (unit) => {
          await unit.publish(publish('once'));
          return 'applied';
        }),
      ),
    );
    expect(outcomes.toSorted()).toEqual(['applied', ...Array.from({ length: 7 }, () => 'duplicate')]);
    const [event] = await about(store, 'once');
    expect(event?.headers['cause-id']).toBe('once');
    expect(await store.handleOnce(message('once'), async () => 'applied')).toBe('duplicate');
  });

  it('leaves nothing of work that throws, and can be asked again', async () => {
    const failing = store.handleOnce(message('failing'), async (unit) => {
      await unit.publish(publish('failing'));
      throw new RangeError('business');
    });
    await expect(failing).rejects.toThrow(RangeError);
    expect(await about(store, 'failing')).toEqual([]);
    expect(await store.handleOnce(message('failing'), async () => 'applied')).toBe('applied');
  });

  it('gives the versions 1, 2, 3 … per aggregate to concurrent writers, in the order of publishing within one', async () => {
    const work = Array.from({ length: 12 }, () =>
      store.transaction(async (unit) => {
        await unit.publish(publish('b', 'first'));
        await unit.publish(publish('a', 'first'));
        await unit.publish(publish('b', 'second'));
      }),
    );
    await Promise.all(work);
    const events = await about(store, 'b');
    const byVersion = events.toSorted((one, other) => one.version - other.version);
    expect(byVersion.map(({ version }) => version)).toEqual(Array.from({ length: 24 }, (_, index) => index + 1));
    expect(byVersion.map(({ type }) => type)).toEqual(Array.from({ length: 12 }, () => ['first', 'second']).flat());
    expect(await about(store, 'a')).toHaveLength(12);
  });

  it('runs what waits for the commit only after it', async () => {
    const seen: string[] = [];
    await store.transaction(async (unit) => {
      unit.afterCommit(() => seen.push('after'));
      seen.push('work');
    });
    const failing = store.transaction(async (unit) => {
      unit.afterCommit(() => seen.push('never'));
      throw new RangeError();
    });
    await expect(failing).rejects.toThrow(RangeError);
    expect(seen).toEqual(['work', 'after']);
  });

  it('hands out what is pending until it is marked', async () => {
    await store.transaction((unit) => unit.publish(publish('marked')));
    await store.transaction((unit) => unit.publish(publish('marked')));
    const pending = await store.outbox.fetchPending(10_000);
    expect(pending.some(({ aggregateId }) => aggregateId === 'marked')).toBe(true);
    const [first, ...others] = pending.map(({ id }) => id);
    const next = await store.outbox.markAndFetch(first === undefined ? [] : [first], 1);
    expect(next.map(({ id }) => id)).toEqual(others.slice(0, 1));
    await store.outbox.markProcessed(others);
    expect(await store.outbox.fetchPending(10)).toEqual([]);
    expect(await store.outbox.pendingCount()).toBe(0);
    expect((await about(store, 'marked'))[0]?.processedAt).toBeInstanceOf(Date);
  });
});
