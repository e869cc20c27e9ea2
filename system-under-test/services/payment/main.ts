import { commandSchema } from '#sut/contract/messages.ts';
import { SETTINGS } from '#sut/contract/settings.ts';
import { commandsTopic } from '#sut/contract/topics.ts';
import { onMessage } from '#sut/platform/kafka/subscription.ts';
import { PostgresStore } from '#sut/platform/postgres/postgres-store.ts';
import { runService } from '#sut/platform/service/run-service.ts';
import { handlePaymentCommand } from './handle-command.ts';
import { PAYMENT_SCHEMA } from './payment-rows.ts';
import { paymentRoutes } from './routes.ts';
import { SETTLE_PAYMENTS, settlePayments } from './settle-payments.ts';

await runService({
  name: 'payment',
  store: (settings, log) =>
    new PostgresStore({
      url: settings.required(SETTINGS.postgresUrl),
      service: 'payment',
      schema: PAYMENT_SCHEMA,
      log,
    }),
  routes: (app, { store }) => paymentRoutes(app, store),
  subscriptions: ({ wake }) => [
    {
      topic: commandsTopic('payment'),
      handlers: {
        '*': onMessage(
          commandSchema,
          handlePaymentCommand(() => wake(SETTLE_PAYMENTS)),
        ),
      },
    },
  ],
  workers: ({ store, settings }) => [
    settlePayments({
      store,
      acquirerUrl: settings.required(SETTINGS.peerUrl('acquirer')),
      instance: settings.instance,
    }),
  ],
});
