import { SETTINGS } from '#sut/contract/settings.ts';
import { PostgresStore } from '#sut/platform/postgres/postgres-store.ts';
import { runService } from '#sut/platform/service/run-service.ts';

await runService({
  name: 'user',
  store: (settings) =>
    new PostgresStore({ url: settings.required(SETTINGS.postgresUrl), service: 'user', schema: '' }),
});
