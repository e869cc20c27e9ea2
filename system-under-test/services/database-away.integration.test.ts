import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { createApp } from '#sut/platform/http/create-app.ts';
import { MongoStore } from '#sut/platform/mongo/mongo-store.ts';
import { inventoryRoutes } from './inventory/routes.ts';
import { notificationRoutes } from './notification/routes.ts';
import { walletRoutes } from './wallet/routes.ts';

const nowMs = () => 0;
const newId = () => 'made';

const REGISTER = {
  inventory: (app, store) => inventoryRoutes(app, { store, reservationTtlMs: 1_000, nowMs, newId }),
  notification: (app, store) => notificationRoutes(app, store),
  wallet: (app, store) => walletRoutes(app, { store, nowMs }),
} satisfies Record<string, (app: FastifyInstance, store: MongoStore) => void>;

it.concurrent.each<[keyof typeof REGISTER, 'GET' | 'POST' | 'PUT', string, Record<string, unknown>?]>([
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
  // Nothing listens on the port.
  const at = { url: 'mongodb://127.0.0.1:9', database: 'test', service: 'test' };
  await using store = new MongoStore({ ...at, schema: async () => {} });
  await using app = createApp({ title: service, log: pino({ level: 'silent' }), newId });
  REGISTER[service](app, store);
  const headers = { 'idempotency-key': 'k' };
  const answer = await app.inject({ method, url, headers, ...(payload ? { payload } : {}) });
  const error = 'database unavailable, nothing was written; try again';
  expect([answer.statusCode, answer.json()]).toEqual([503, { error }]);
});
