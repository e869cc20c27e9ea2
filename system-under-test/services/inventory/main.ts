import { SETTING_DEFAULTS, SETTINGS } from '#sut/contract/settings.ts';
import { STORES } from '#sut/contract/stores.ts';
import { MongoStore } from '#sut/platform/mongo/mongo-store.ts';
import { runService } from '#sut/platform/service/run-service.ts';
import type { Settings } from '#sut/platform/service/settings.ts';
import { inventoryCommands } from './commands.ts';
import { expiryWorker } from './expiry.ts';
import { inventoryRoutes } from './routes.ts';
import { createInventorySchema } from './store/inventory-collections.ts';

const reservationTtlMs = (settings: Settings): number =>
  settings.integer(SETTINGS.reservationTtlMs, SETTING_DEFAULTS.reservationTtlMs);

await runService({
  name: 'inventory',
  store: (settings) =>
    new MongoStore({
      url: settings.required(SETTINGS.mongodbUrl),
      database: STORES.inventory.database,
      service: 'inventory',
      schema: createInventorySchema,
    }),
  routes: (app, { store, settings, nowMs, newId }) =>
    inventoryRoutes(app, { store, reservationTtlMs: reservationTtlMs(settings), nowMs, newId }),
  subscriptions: ({ settings, nowMs }) => [inventoryCommands({ reservationTtlMs: reservationTtlMs(settings), nowMs })],
  workers: ({ store, nowMs }) => [expiryWorker(store, nowMs)],
});
