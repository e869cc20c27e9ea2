import { commandSchema, userUpdatedSchema } from '#sut/contract/messages.ts';
import { SETTINGS } from '#sut/contract/settings.ts';
import { STORES } from '#sut/contract/stores.ts';
import { commandsTopic, eventsTopic } from '#sut/contract/topics.ts';
import { onMessage } from '#sut/platform/kafka/subscription.ts';
import { MongoStore } from '#sut/platform/mongo/mongo-store.ts';
import { runService } from '#sut/platform/service/run-service.ts';
import { DELIVER_NOTIFICATIONS, deliverNotifications } from './deliver-notifications.ts';
import { handleNotificationCommand } from './handle-command.ts';
import { createNotificationSchema } from './notification-documents.ts';
import { createPreferences, keepPreference } from './preferences.ts';
import { notificationRoutes } from './routes.ts';

await runService({
  name: 'notification',
  store: (settings) =>
    new MongoStore({
      url: settings.required(SETTINGS.mongodbUrl),
      database: STORES.notification.database,
      service: 'notification',
      schema: async (db) => {
        await createNotificationSchema(db);
        await createPreferences(db);
      },
    }),
  routes: (app, { store }) => notificationRoutes(app, store),
  subscriptions: ({ wake }) => [
    {
      topic: commandsTopic('notification'),
      handlers: {
        '*': onMessage(
          commandSchema,
          handleNotificationCommand(() => wake(DELIVER_NOTIFICATIONS)),
        ),
      },
    },
    { topic: eventsTopic('user'), handlers: { 'user.updated': onMessage(userUpdatedSchema, keepPreference) } },
  ],
  workers: ({ store, settings }) => [
    deliverNotifications({
      store,
      providerUrl: settings.required(SETTINGS.peerUrl('message-provider')),
      instance: settings.instance,
    }),
  ],
});
