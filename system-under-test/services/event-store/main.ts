import { SETTINGS } from '#sut/contract/settings.ts';
import { PostgresStore } from '#sut/platform/postgres/postgres-store.ts';
import { runService } from '#sut/platform/service/run-service.ts';

await runService({
  name: 'event-store',
  store: (settings) =>
    new PostgresStore({ url: settings.required(SETTINGS.postgresUrl), service: 'event-store', schema: '' }),
});
