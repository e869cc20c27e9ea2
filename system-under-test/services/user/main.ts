import { commandSchema } from '#sut/contract/messages.ts';
import { SETTING_DEFAULTS, SETTINGS } from '#sut/contract/settings.ts';
import { commandsTopic } from '#sut/contract/topics.ts';
import { onMessage } from '#sut/platform/kafka/subscription.ts';
import { PostgresStore } from '#sut/platform/postgres/postgres-store.ts';
import { runService } from '#sut/platform/service/run-service.ts';
import type { Settings } from '#sut/platform/service/settings.ts';
import { handleUserCommand } from './handle-command.ts';
import { HOLD_TABLE } from './hold-rows.ts';
import { userRoutes } from './routes.ts';
import { USER_TABLE } from './user-rows.ts';

const limitMinor = (settings: Settings): number =>
  settings.integer(SETTINGS.defaultSpendingLimitMinor, SETTING_DEFAULTS.defaultSpendingLimitMinor);

await runService({
  name: 'user',
  store: (settings, log) =>
    new PostgresStore({
      url: settings.required(SETTINGS.postgresUrl),
      service: 'user',
      schema: USER_TABLE + HOLD_TABLE,
      log,
    }),
  routes: (app, { store, settings }) => userRoutes(app, { store, defaultLimitMinor: limitMinor(settings) }),
  subscriptions: ({ settings }) => [
    {
      topic: commandsTopic('user'),
      handlers: {
        '*': onMessage(commandSchema, handleUserCommand({ defaultLimitMinor: limitMinor(settings) })),
      },
    },
  ],
});
