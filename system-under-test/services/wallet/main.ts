import { SETTINGS } from '#sut/contract/settings.ts';
import { STORES } from '#sut/contract/stores.ts';
import { MongoStore } from '#sut/platform/mongo/mongo-store.ts';
import { runService } from '#sut/platform/service/run-service.ts';

await runService({
  name: 'wallet',
  store: (settings) =>
    new MongoStore({
      url: settings.required(SETTINGS.mongodbUrl),
      database: STORES.wallet.database,
      service: 'wallet',
      schema: async () => {},
    }),
});
