import { SETTING_DEFAULTS, SETTINGS } from '#sut/contract/settings.ts';
import { publisherOf } from '#sut/platform/outbox/publisher-setting.ts';
import { runService } from '#sut/platform/service/run-service.ts';
import type { StoredServiceContext } from '#sut/platform/service/service-context.ts';
import type { Orchestration } from './advance-saga.ts';
import { deadlineWorker } from './deadlines.ts';
import { SAGA_DEFINITIONS } from './definitions/saga-definitions.ts';
import { AnswerTimes } from './domain/answer-times.ts';
import { sagaSubscriptions } from './messages.ts';
import { sagaRoutes } from './routes.ts';
import { SagaStore } from './store/saga-store.ts';

/** Beyond it a participant that is behind is asked again, in case its answer will not come after all. */
const MAX_ANSWER_MS = 60_000;

/** One for the process: replies teach it, deadlines ask it. */
const answerTimes = new AnswerTimes();

function orchestrationOf({ store, settings, log }: StoredServiceContext<SagaStore>): Orchestration {
  const stepTimeoutMs = settings.integer(SETTINGS.stepTimeoutMs, SETTING_DEFAULTS.stepTimeoutMs);
  return {
    definitions: new Map(SAGA_DEFINITIONS.map((definition) => [definition.id, definition])),
    policy: { stepTimeoutMs, maxAttempts: 3, maxRetryDelayMs: 4 * stepTimeoutMs, maxAnswerMs: MAX_ANSWER_MS },
    answerTimes,
    leases: store.sagaLeases,
    // Debezium reads the log and marks no row.
    isOutboxMarked: publisherOf(settings) === 'relay',
    instance: settings.instance,
    log,
  };
}

await runService({
  name: 'orchestrator',
  store: (settings, log) =>
    new SagaStore({ url: settings.required(SETTINGS.postgresUrl), instance: settings.instance, log }),
  routes: (app, context) => sagaRoutes(app, context, orchestrationOf(context)),
  subscriptions: (context) => sagaSubscriptions(orchestrationOf(context)),
  workers: (context) => [deadlineWorker(orchestrationOf(context), context.store)],
});
