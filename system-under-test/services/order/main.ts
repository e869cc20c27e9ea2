import { SETTINGS } from '#sut/contract/settings.ts';
import { commandsTopic } from '#sut/contract/topics.ts';
import { onMessage } from '#sut/platform/kafka/subscription.ts';
import { PostgresStore } from '#sut/platform/postgres/postgres-store.ts';
import { runService } from '#sut/platform/service/run-service.ts';
import { handleOrderCommand, orderCommandSchema } from './handle-command.ts';
import { ORDER_SCHEMA } from './order-rows.ts';
import { orderRoutes } from './routes.ts';

await runService({
  name: 'order',
  store: (settings, log) =>
    new PostgresStore({ url: settings.required(SETTINGS.postgresUrl), service: 'order', schema: ORDER_SCHEMA, log }),
  routes: orderRoutes,
  subscriptions: () => [
    { topic: commandsTopic('order'), handlers: { '*': onMessage(orderCommandSchema, handleOrderCommand) } },
  ],
});
