import { SETTINGS } from '#sut/contract/settings.ts';
import { STORES } from '#sut/contract/stores.ts';
import { MongoStore } from '#sut/platform/mongo/mongo-store.ts';
import { runService } from '#sut/platform/service/run-service.ts';
import { walletCommands } from './commands.ts';
import { walletRoutes } from './routes.ts';
import { createWalletSchema } from './store/wallet-collections.ts';

await runService({
  name: 'wallet',
  store: (settings) =>
    new MongoStore({
      url: settings.required(SETTINGS.mongodbUrl),
      database: STORES.wallet.database,
      service: 'wallet',
      schema: createWalletSchema,
    }),
  routes: (app, { store, nowMs }) => walletRoutes(app, { store, nowMs }),
  subscriptions: ({ nowMs }) => [walletCommands({ nowMs })],
});
