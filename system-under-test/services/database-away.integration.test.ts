import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { afterAll, expect, it } from 'vitest';
import { createApp } from '#sut/platform/http/create-app.ts';
import { MongoStore } from '#sut/platform/mongo/mongo-store.ts';
import { inventoryRoutes } from './inventory/routes.ts';
import { notificationRoutes } from './notification/routes.ts';
import { walletRoutes } from './wallet/routes.ts';

/** Nothing listens on the port. */
const store = new MongoStore({
  ...{ url: 'mongodb://127.0.0.1:9', database: 'test', service: 'test' },
  schema: async () => {},
});
const nowMs = () => 0;
const newId = () => 'made';

const REGISTER: Readonly<Record<string, (app: FastifyInstance) => void>> = {
  inventory: (app) => inventoryRoutes(app, { store, reservationTtlMs: 1_000, nowMs, newId }),
  notification: (app) => notificationRoutes(app, store),
  wallet: (app) => walletRoutes(app, { store, nowMs }),
};
const apps = new Map(
  Object.entries(REGISTER).map(([service, register]) => {
    const app = createApp({ title: service, log: pino({ level: 'silent' }), newId });
    register(app);
    return [service, app];
  }),
);
afterAll(async () => {
  await Promise.all([...apps.values()].map((app) => app.close()));
  await store[Symbol.asyncDispose]();
});

it.concurrent.each<[string, 'GET' | 'POST' | 'PUT', string, Record<string, unknown>?]>([
  ['inventory', 'GET', '/inventory/products/p'],
  ['inventory', 'PUT', '/inventory/products/p', { available_stock: 1, location: 'north' }],
  ['inventory', 'POST', '/inventory/reserve', { product_id: 'p', order_id: 'o', quantity: 1 }],
  ['inventory', 'POST', '/inventory/reservations/r/confirm'],
  ['inventory', 'POST', '/inventory/reservations/r/cancel'],
  ['notification', 'GET', '/notifications/n'],
  ['notification', 'GET', '/notifications?order_id=o'],
  ['wallet', 'GET', '/wallets/u'],
  ['wallet', 'GET', '/wallets/u/entries'],
  ['wallet', 'POST', '/wallets/u/grants', { points: 1 }],
  ['wallet', 'PUT', '/wallets/u/frozen', { frozen: true }],
])('%s says that its database is away: %s %s', async (service, method, url, payload) => {
  const headers = { 'idempotency-key': 'k' };
  const answer = await apps.get(service)?.inject({ method, url, headers, ...(payload ? { payload } : {}) });
  const error = 'database unavailable, nothing was written; try again';
  expect([answer?.statusCode, answer?.json()]).toEqual([503, { error }]);
});
