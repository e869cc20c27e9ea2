import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Reply } from '#sut/contract/messages.ts';
import { type StartedServer, startServer } from '#sut/environment/testing/start-server.ts';
import { MongoStore } from '#sut/platform/mongo/mongo-store.ts';
import type { IncomingMessage } from '#sut/platform/store.ts';
import { inventoryCommands } from './commands.ts';
import { expiryWorker } from './expiry.ts';
import { cancelStock, confirmStock, expireStock, reserveStock } from './hold-stock.ts';
import { createInventorySchema, holdsOf, productsOf, reservationsOf } from './store/inventory-collections.ts';

const TTL_MS = 10_000;
let server: StartedServer;
let store: MongoStore;
let nowMs: number;

beforeAll(async () => {
  server = await startServer('mongodb');
});
afterAll(() => server[Symbol.asyncDispose]());
beforeEach(async () => {
  nowMs = 1_700_000_000_000;
  const database = `inventory-${randomUUID().slice(0, 8)}`;
  store = new MongoStore({ url: server.url, database, service: 'inventory', schema: createInventorySchema });
  await store.prepare();
});
afterEach(() => store[Symbol.asyncDispose]());

const stockProduct = async (id: string, units: number): Promise<void> => {
  await productsOf(store.db).insertOne({
    _id: id,
    product_id: id,
    available_stock: units,
    reserved_stock: 0,
    total_stock: units,
    location: 'test',
    last_updated: new Date(nowMs),
    version: 1,
  });
};

const stockOf = async (id: string): Promise<readonly [available: number, reserved: number, total: number]> => {
  const product = await productsOf(store.db).findOne({ _id: id });
  if (product === null) throw new Error(`no product ${id}`);
  return [product.available_stock, product.reserved_stock, product.total_stock];
};

const statusesOf = async (sagaId: string): Promise<readonly string[]> => {
  const reservations = await reservationsOf(store.db).find({ saga_id: sagaId }).sort({ _id: 1 }).toArray();
  return reservations.map((reservation) => `${reservation._id} ${reservation.status}`);
};

type Items = readonly { readonly product_id: string; readonly quantity: number }[];

const command = (sagaId: string, action: string, items: Items = []): IncomingMessage => ({
  id: randomUUID(),
  topic: 'inventory.commands',
  type: `inventory.${action}`,
  aggregateId: sagaId,
  version: 1,
  sagaId,
  orderId: `order-of-${sagaId}`,
  payload: {
    saga_id: sagaId,
    order_id: `order-of-${sagaId}`,
    step: 'any',
    participant: 'inventory',
    action,
    attempt: 1,
    idempotency_key: `${sagaId}:any:${action}`,
    data: items.length === 0 ? {} : { items },
  },
  traceparent: undefined,
  record: { partition: 0, offset: '0', headers: {} },
});

const one = (product_id: string, quantity = 1): Items => [{ product_id, quantity }];

/** Delivers a command as the consumer does. */
async function handle(message: IncomingMessage): Promise<string> {
  const handler = inventoryCommands({ reservationTtlMs: TTL_MS, nowMs: () => nowMs }).handlers['*'];
  if (handler === undefined) throw new Error('nobody listens');
  return store.handleOnce(message, (unit) => handler.run(unit, message));
}

const published = async (
  topic: string,
  aggregateId: string,
): Promise<readonly { type: string; payload: unknown }[]> => {
  const events = await store.outbox.latest(1_000);
  return events
    .filter((event) => event.topic === topic && event.aggregateId === aggregateId)
    .sort((a, b) => a.version - b.version)
    .map(({ type, payload }) => ({ type, payload }));
};

const repliesTo = async (sagaId: string): Promise<readonly Partial<Reply>[]> =>
  (await published('inventory.replies', sagaId)).map((event) => event.payload as Reply);

describe('commands of a saga', () => {
  it('reserve all items in one, confirm them, and tell about each', async () => {
    await stockProduct('a', 5);
    await stockProduct('b', 5);
    const items = [...one('a', 2), ...one('b'), ...one('a')];
    expect(await handle(command('s1', 'reserve', items))).toBe('applied');
    expect(await stockOf('a')).toEqual([2, 3, 5]);
    expect(await stockOf('b')).toEqual([4, 1, 5]);
    expect(await statusesOf('s1')).toEqual(['s1:a RESERVED', 's1:b RESERVED']);
    await handle(command('s1', 'confirm'));
    expect(await stockOf('a')).toEqual([2, 0, 2]);
    expect(await statusesOf('s1')).toEqual(['s1:a CONFIRMED', 's1:b CONFIRMED']);
    expect((await published('inventory.events', 's1:a')).map((e) => e.type)).toEqual([
      'stock.reserved',
      'stock.confirmed',
    ]);
    expect(await repliesTo('s1')).toMatchObject([
      { action: 'reserve', outcome: 'done' },
      { action: 'confirm', outcome: 'done' },
    ]);
  });

  it('reserve nothing at all when one item is short, and say which', async () => {
    await stockProduct('a', 5);
    await stockProduct('b', 1);
    expect(await handle(command('s1', 'reserve', [...one('a'), ...one('b', 2)]))).toBe('rejected');
    expect(await stockOf('a')).toEqual([5, 0, 5]);
    expect(await statusesOf('s1')).toEqual([]);
    const refusal = {
      outcome: 'rejected',
      reason: 'insufficient stock',
      data: { product_id: 'b', available: 1, requested: 2 },
    };
    expect(await repliesTo('s1')).toMatchObject([refusal]);
    // Stock that arrives later does not change the answer to the same command.
    await productsOf(store.db).updateOne({ _id: 'b' }, { $inc: { available_stock: 9, total_stock: 9 } });
    await handle(command('s1', 'reserve', [...one('a'), ...one('b', 2)]));
    expect(await repliesTo('s1')).toMatchObject([refusal, refusal]);
  });

  it('have one effect and one answer each time, however often they come', async () => {
    await stockProduct('a', 5);
    const reserve = command('s1', 'reserve', one('a', 2));
    expect([await handle(reserve), await handle(reserve)]).toEqual(['applied', 'duplicate']);
    await handle(command('s1', 'reserve', one('a', 2)));
    await handle(command('s1', 'cancel'));
    await handle(command('s1', 'cancel'));
    expect(await stockOf('a')).toEqual([5, 0, 5]);
    expect((await published('inventory.events', 's1:a')).map((e) => e.type)).toEqual([
      'stock.reserved',
      'stock.cancelled',
    ]);
    expect((await repliesTo('s1')).map((reply) => reply.outcome)).toEqual(['done', 'done', 'done', 'done']);
  });

  it('do nothing when the reservation arrives after its compensation', async () => {
    await stockProduct('a', 5);
    await handle(command('s1', 'cancel'));
    expect(await handle(command('s1', 'reserve', one('a')))).toBe('rejected');
    expect(await stockOf('a')).toEqual([5, 0, 5]);
    expect(await statusesOf('s1')).toEqual([]);
    expect((await repliesTo('s1')).map((reply) => reply.outcome)).toEqual(['done', 'rejected']);
  });

  it('refuse to confirm what has expired and leave nothing reserved', async () => {
    await stockProduct('a', 5);
    await stockProduct('b', 5);
    await handle(command('s1', 'reserve', [...one('a'), ...one('b')]));
    nowMs += TTL_MS;
    expect(await handle(command('s1', 'confirm'))).toBe('rejected');
    expect(await statusesOf('s1')).toEqual(['s1:a EXPIRED', 's1:b EXPIRED']);
    expect(await stockOf('b')).toEqual([5, 0, 5]);
    await handle(command('s1', 'cancel'));
    expect(await stockOf('a')).toEqual([5, 0, 5]);
  });
});

describe('at the same time', () => {
  it('50 reservations of the last 20 pieces never oversell', async () => {
    await stockProduct('last', 20);
    const sagas = Array.from({ length: 50 }, (_, index) => `s${index}`);
    const outcomes = await Promise.all(sagas.map((id) => handle(command(id, 'reserve', one('last')))));
    expect(outcomes.filter((outcome) => outcome === 'applied')).toHaveLength(20);
    expect(outcomes.filter((outcome) => outcome === 'rejected')).toHaveLength(30);
    expect(await stockOf('last')).toEqual([0, 20, 20]);
    expect(await reservationsOf(store.db).countDocuments({ status: 'RESERVED' })).toBe(20);
  });

  it('items in opposite orders get through', async () => {
    await stockProduct('a', 100);
    await stockProduct('b', 100);
    const sagas = Array.from({ length: 20 }, (_, index) => `s${index}`);
    const itemsOf = (index: number): Items =>
      index % 2 === 0 ? [...one('a'), ...one('b')] : [...one('b'), ...one('a')];
    await Promise.all(sagas.map((id, index) => handle(command(id, 'reserve', itemsOf(index)))));
    expect(await stockOf('a')).toEqual([80, 20, 100]);
    expect(await stockOf('b')).toEqual([80, 20, 100]);
  });

  it('a confirmation and the expiry of one reservation: exactly one wins, as a whole', async () => {
    for (let round = 0; round < 20; round++) {
      const [a, b, sagaId] = [`a${round}`, `b${round}`, `s${round}`];
      await stockProduct(a, 3);
      await stockProduct(b, 3);
      await handle(command(sagaId, 'reserve', [...one(a), ...one(b)]));
      const request = { id: sagaId, orderId: `order-of-${sagaId}`, sagaId };
      const expiresAtMs = nowMs + TTL_MS;
      const contenders = [
        () => store.transaction((unit) => confirmStock(unit, request, expiresAtMs - 1)),
        () => store.transaction((unit) => expireStock(unit, request, expiresAtMs + 1)),
      ];
      if (round % 2 === 0) contenders.reverse();
      await Promise.all(contenders.map((contend) => contend()));
      const statuses = new Set((await statusesOf(sagaId)).map((line) => line.split(' ')[1]));
      expect(statuses.size).toBe(1);
      const isConfirmed = statuses.has('CONFIRMED');
      for (const product of [a, b]) expect(await stockOf(product)).toEqual(isConfirmed ? [2, 0, 2] : [3, 0, 3]);
      const types = (await published('inventory.events', `${sagaId}:${a}`)).map((event) => event.type);
      expect(types).toEqual(['stock.reserved', isConfirmed ? 'stock.confirmed' : 'stock.expired']);
    }
  });

  it('a reservation and its own compensation leave nothing', async () => {
    await stockProduct('a', 50);
    const sagas = Array.from({ length: 20 }, (_, index) => `s${index}`);
    await Promise.all(
      sagas.flatMap((id, index) => {
        const both = [() => handle(command(id, 'reserve', one('a'))), () => handle(command(id, 'cancel'))];
        return (index % 2 === 0 ? both : both.reverse()).map((send) => send());
      }),
    );
    expect(await stockOf('a')).toEqual([50, 0, 50]);
    expect(await holdsOf(store.db).countDocuments({ status: 'CANCELLED' })).toBe(20);
  });
});

describe('the sweeper', () => {
  it('returns the stock of overdue reservations once, and leaves the others alone', async () => {
    await stockProduct('a', 5);
    await handle(command('old', 'reserve', one('a')));
    await handle(command('sold', 'reserve', one('a')));
    await handle(command('sold', 'confirm'));
    nowMs += TTL_MS - 1;
    await handle(command('young', 'reserve', one('a')));
    nowMs += 1;
    const stop = new AbortController();
    const environment = { signal: stop.signal, monotonicMs: Date.now, random: Math.random, onError: () => {} };
    const sweepers = [1, 2].map(() => expiryWorker(store, () => nowMs).start(environment));
    await expect.poll(() => statusesOf('old'), { timeout: 10_000 }).toEqual(['old:a EXPIRED']);
    stop.abort();
    await Promise.all(sweepers);
    expect(await statusesOf('young')).toEqual(['young:a RESERVED']);
    expect(await stockOf('a')).toEqual([3, 1, 4]);
    expect((await published('inventory.events', 'old:a')).map((e) => e.type)).toEqual([
      'stock.reserved',
      'stock.expired',
    ]);
  });
});

describe('a transaction that fails after some writes', () => {
  it('leaves none of them', async () => {
    await stockProduct('a', 5);
    const request = { id: 's1', orderId: 'o1', sagaId: 's1' };
    const failing = store.transaction(async (unit) => {
      await reserveStock(unit, request, { lines: [{ productId: 'a', quantity: 2 }], ttlMs: TTL_MS, nowMs });
      throw new Error('planned');
    });
    await expect(failing).rejects.toThrow('planned');
    expect(await stockOf('a')).toEqual([5, 0, 5]);
    expect(await statusesOf('s1')).toEqual([]);
    expect(await store.outbox.pendingCount()).toBe(0);
    await store.transaction((unit) => cancelStock(unit, request, nowMs));
    expect(await holdsOf(store.db).countDocuments({ status: 'CANCELLED' })).toBe(1);
  });
});
