import { SETTINGS } from '#sut/contract/settings.ts';
import { SUBSCRIPTIONS } from '#sut/contract/topics.ts';
import { PostgresStore } from '#sut/platform/postgres/postgres-store.ts';
import { runService } from '#sut/platform/service/run-service.ts';
import { eventRoutes } from './routes.ts';
import { EVENT_SCHEMA } from './store/event-schema.ts';
import { storeEvent } from './store/store-event.ts';

await runService({
  name: 'event-store',
  store: (settings, log) =>
    new PostgresStore({
      url: settings.required(SETTINGS.postgresUrl),
      service: 'event-store',
      schema: EVENT_SCHEMA,
      log,
    }),
  routes: (app, { store }) => eventRoutes(app, store),
  subscriptions: () => SUBSCRIPTIONS['event-store'].map((topic) => ({ topic, handlers: { '*': { run: storeEvent } } })),
});
