import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type StartedServer, startServer } from '#sut/environment/testing/start-server.ts';
import { createApp } from '#sut/platform/http/create-app.ts';
import { MongoStore } from '#sut/platform/mongo/mongo-store.ts';
import { StoreUnavailableError } from '#sut/platform/store-errors.ts';
import { reserveStock } from './hold-stock.ts';
import { inventoryRoutes } from './routes.ts';
import { createInventorySchema } from './store/inventory-collections.ts';

let server: StartedServer;
let store: MongoStore;
let app: FastifyInstance;
let nowMs = 1_700_000_000_000;
const TTL_MS = 1_000;

beforeAll(async () => {
  server = await startServer('mongodb');
  store = new MongoStore({
    url: server.url,
    database: 'inventory',
    service: 'inventory',
    schema: createInventorySchema,
  });
  await store.prepare();
  app = createApp({ title: 'inventory', log: pino({ level: 'silent' }), newId: randomUUID });
  inventoryRoutes(app, { store, reservationTtlMs: TTL_MS, nowMs: () => nowMs, newId: randomUUID });
});
afterAll(async () => {
  await app?.close();
  await store?.[Symbol.asyncDispose]();
  await server?.[Symbol.asyncDispose]();
});

async function call(
  method: 'GET' | 'POST' | 'PUT',
  url: string,
  payload?: Record<string, unknown>,
): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await app.inject({ method, url, ...(payload ? { payload } : {}) });
  return { status: response.statusCode, body: response.json() };
}

async function newProduct(units: number): Promise<string> {
  const id = randomUUID();
  await call('PUT', `/inventory/products/${id}`, { available_stock: units, location: 'north' });
  return id;
}

async function reserve(productId: string, quantity: number): Promise<string> {
  const { status, body } = await call('POST', '/inventory/reserve', {
    product_id: productId,
    order_id: 'o1',
    quantity,
  });
  expect(status).toBe(200);
  const { id } = body.reservation as { id: string };
  return id;
}

describe('products', () => {
  it('are created once and shown', async () => {
    const path = `/inventory/products/${randomUUID()}`;
    expect(await call('GET', path)).toMatchObject({ status: 404 });
    const created = await call('PUT', path, { available_stock: 7, location: 'north' });
    expect(created).toMatchObject({
      status: 201,
      body: { available_stock: 7, reserved_stock: 0, total_stock: 7, location: 'north', version: 1 },
    });
    expect(await call('PUT', path, { available_stock: 9, location: 'south' })).toMatchObject({ status: 409 });
    expect(await call('GET', path)).toEqual({ status: 200, body: created.body });
  });

  it('are refused with the fields that are wrong', async () => {
    const answer = await call('PUT', '/inventory/products/bad', { available_stock: -1 });
    expect(answer).toMatchObject({
      status: 400,
      body: { details: [{ field: 'available_stock' }, { field: 'location' }] },
    });
    expect(await call('GET', '/inventory/products/bad')).toMatchObject({ status: 404 });
  });
});

describe('reservations', () => {
  it('hold stock until they are confirmed or cancelled', async () => {
    const product = await newProduct(10);
    const [sold, returned] = [await reserve(product, 3), await reserve(product, 4)];
    expect((await call('GET', `/inventory/products/${product}`)).body).toMatchObject({
      available_stock: 3,
      reserved_stock: 7,
    });
    for (let repeat = 0; repeat < 2; repeat++) {
      const confirmed = await call('POST', `/inventory/reservations/${sold}/confirm`);
      expect(confirmed).toEqual({ status: 200, body: { status: 'CONFIRMED' } });
      const cancelled = await call('POST', `/inventory/reservations/${returned}/cancel`);
      expect(cancelled).toEqual({ status: 200, body: { status: 'CANCELLED' } });
    }
    expect((await call('GET', `/inventory/products/${product}`)).body).toMatchObject({
      available_stock: 7,
      reserved_stock: 0,
      total_stock: 7,
    });
    expect(await call('POST', `/inventory/reservations/${sold}/cancel`)).toMatchObject({ status: 409 });
    expect(await call('POST', `/inventory/reservations/${returned}/confirm`)).toMatchObject({ status: 409 });
    expect(await call('POST', '/inventory/reservations/nope/confirm')).toMatchObject({ status: 404 });
  });

  it('are refused with what is left when the stock is short', async () => {
    const product = await newProduct(1);
    expect(await call('POST', '/inventory/reserve', { product_id: product, order_id: 'o1', quantity: 2 })).toEqual({
      status: 409,
      body: { error: 'insufficient stock', details: { product_id: product, available: 1, requested: 2 } },
    });
    expect(await call('POST', '/inventory/reserve', { product_id: product, quantity: 0 })).toMatchObject({
      status: 400,
    });
  });

  it('cannot be confirmed once they are overdue, and give their stock back', async () => {
    const product = await newProduct(5);
    const id = await reserve(product, 5);
    nowMs += TTL_MS;
    expect(await call('POST', `/inventory/reservations/${id}/confirm`)).toMatchObject({ status: 409 });
    expect((await call('GET', `/inventory/products/${product}`)).body).toMatchObject({
      available_stock: 5,
      total_stock: 5,
    });
  });

  it('are answered as they were committed, although the database goes away right after', async () => {
    const away = async () => {
      throw new StoreUnavailableError('away');
    };
    const committing: Pick<MongoStore, 'transaction' | 'read'> = {
      transaction: (work) => store.transaction(work),
      read: away,
    };
    const cutOff = createApp({ title: 'inventory', log: pino({ level: 'silent' }), newId: randomUUID });
    const options = { reservationTtlMs: TTL_MS, nowMs: () => nowMs, newId: randomUUID };
    inventoryRoutes(cutOff, { store: committing as MongoStore, ...options });
    const post = async (url: string, payload: object = {}) => {
      const response = await cutOff.inject({ method: 'POST', url, payload });
      return { status: response.statusCode, body: response.json() };
    };
    const asked = { product_id: await newProduct(3), order_id: 'o1', quantity: 2 };
    const reserved = await post('/inventory/reserve', asked);
    expect(reserved).toMatchObject({ status: 200, body: { reservation: { ...asked, status: 'RESERVED' } } });
    const confirmed = await post(`/inventory/reservations/${reserved.body.reservation.id}/confirm`);
    expect(confirmed).toEqual({ status: 200, body: { status: 'CONFIRMED' } });
    await cutOff.close();
  });

  it('of a saga do not go their own way', async () => {
    const product = await newProduct(5);
    const lines = [{ productId: product, quantity: 1 }];
    const request = { id: 'saga-1', orderId: 'o1', sagaId: 'saga-1' };
    await store.transaction((unit) => reserveStock(unit, request, { lines, ttlMs: TTL_MS, nowMs }));
    const path = `/inventory/reservations/saga-1:${product}/cancel`;
    expect(await call('POST', path)).toMatchObject({
      status: 409,
      body: { error: expect.stringContaining('belongs to saga saga-1') },
    });
  });
});
