import { SETTING_DEFAULTS, SETTINGS } from '#sut/contract/settings.ts';
import { HttpError } from '#sut/platform/http/http-error.ts';
import { runService } from '#sut/platform/service/run-service.ts';
import type { StoredServiceContext } from '#sut/platform/service/service-context.ts';
import type { Orchestration } from './advance-saga.ts';
import { deadlineWorker } from './deadlines.ts';
import { orderSaga } from './definitions/order-saga.ts';
import type { SagaDefinition } from './domain/saga-definition.ts';
import { sagaSubscriptions } from './messages.ts';
import { readSagaStatus } from './saga-status.ts';
import { SagaStore } from './store/saga-store.ts';

/** Every saga that this orchestrator runs. */
const DEFINITIONS: readonly SagaDefinition[] = [orderSaga];

function orchestrationOf({ store, settings, log }: StoredServiceContext<SagaStore>): Orchestration {
  return {
    definitions: new Map(DEFINITIONS.map((definition) => [definition.id, definition])),
    policy: {
      stepTimeoutMs: settings.integer(SETTINGS.stepTimeoutMs, SETTING_DEFAULTS.stepTimeoutMs),
      maxAttempts: 3,
      maxRetryDelayMs: 15_000,
    },
    leases: store.leases,
    instance: settings.instance,
    log,
  };
}

await runService({
  name: 'orchestrator',
  store: (settings, log) =>
    new SagaStore({ url: settings.required(SETTINGS.postgresUrl), instance: settings.instance, log }),
  routes: (app, { store }) => {
    app.get<{ Params: { id: string } }>('/saga/status/:id', async (request) => {
      const status = await readSagaStatus(store, request.params.id);
      if (status === undefined) throw new HttpError(404, `no saga '${request.params.id}'`);
      return status;
    });
  },
  subscriptions: (context) => sagaSubscriptions(orchestrationOf(context)),
  workers: (context) => [deadlineWorker(orchestrationOf(context), context.store)],
});
