import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import type { StoredService } from '#sut/contract/stores.ts';
import { HttpError } from '../http/http-error.ts';
import type { Subscription } from '../kafka/subscription.ts';
import { outboxRoute } from '../outbox/outbox-route.ts';
import type { Store } from '../store.ts';
import { within } from '../time/within.ts';
import type { AnyWorker } from '../worker/durable-worker.ts';
import { healthRoutes } from './health-routes.ts';
import { prepareStore } from './prepare-store.ts';
import { checkOf, type ReadinessChecks } from './readiness.ts';
import { openBase, type ServiceBase, whenAborted } from './service-base.ts';
import type { StoredServiceContext } from './service-context.ts';
import type { Settings } from './settings.ts';
import { startMessaging } from './start-messaging.ts';

/**
 * A service with a database, as data. `services/<name>/main.ts` is one call:
 *
 *   await runService({
 *     name: 'payment',
 *     store: (settings, log) => new PostgresStore({ url: settings.required(SETTINGS.postgresUrl), service: 'payment', schema, log }),
 *     routes: (app, context) => { documentedRoute(app, PAYMENT_ENDPOINTS.read, …) },
 *     subscriptions: (context) => [{ topic: commandsTopic('payment'), handlers: { '*': onMessage(commandSchema, handleCommand(context)) } }],
 *     workers: (context) => [durableWorker({ name: 'charges', take: …, id: …, run: … })],
 *   });
 *
 * The platform adds: settings, logs, tracing, outbox relay, consumer with inbox and dedupe cache, `/health/live`,
 * `/health/ready`, `/admin/outbox/events`, 503 until the store is prepared, and an orderly end at SIGTERM.
 */
export interface ServiceDeclaration<Tx, S extends Store<Tx>> {
  readonly name: StoredService;
  /** Makes the store without connecting: the platform calls `prepare` until the database is there. */
  readonly store: (settings: Settings, log: Logger) => S;
  readonly routes?: (app: FastifyInstance, context: StoredServiceContext<S>) => void;
  readonly subscriptions?: (context: StoredServiceContext<S>) => readonly Subscription<Tx>[];
  readonly workers?: (context: StoredServiceContext<S>) => readonly AnyWorker[];
}

const WORKERS_DRAIN_MS = 4_000;

/** Runs the service until SIGTERM or SIGINT; resolves when everything is closed. */
export async function runService<Tx, S extends Store<Tx>>(declaration: ServiceDeclaration<Tx, S>): Promise<void> {
  await using base = await openBase(declaration.name);
  await using store = declaration.store(base.settings, base.log);
  const workers: AnyWorker[] = [];
  const context: StoredServiceContext<S> = {
    ...base.context,
    store,
    wake: (name) => {
      const worker = workers.find((candidate) => candidate.name === name);
      if (worker === undefined) throw new Error(`${declaration.name} has no worker '${name}'`);
      worker.wake();
    },
  };
  workers.push(...(declaration.workers?.(context) ?? []));
  const subscriptions = declaration.subscriptions?.(context) ?? [];

  let checks: ReadinessChecks = { store: checkOf(() => false, 'not prepared yet') };
  let isPrepared = false;
  healthRoutes(base.app, () => (base.draining.aborted ? { process: checkOf(() => false, 'draining') } : checks));
  refuseUntil(base.app, () => isPrepared);
  outboxRoute(base.app, store.outbox);
  declaration.routes?.(base.app, context);
  await base.listen();

  isPrepared = await prepareStore(store, base.log, base.draining);
  if (!isPrepared) return base.closeHttp();
  const messaging = startMessaging(base, declaration.name, store, subscriptions);
  const workersStop = new AbortController();
  const working = startWorkers(base, workers, workersStop.signal);
  checks = { store: () => store.ping(), ...messaging.checks };
  base.log.info({ port: base.settings.port }, 'started');

  await whenAborted(base.draining);
  // From the intake to the outlet: nothing new comes in, what is begun ends, what was committed is published.
  await Promise.all([base.closeHttp(), messaging.stopConsumer()]);
  workersStop.abort();
  await within(working, WORKERS_DRAIN_MS, 'ending the workers').catch((error: unknown) =>
    base.log.warn({ err: error }, 'work is left for the next start'),
  );
  await messaging.stopRelay();
}

async function startWorkers(base: ServiceBase, workers: readonly AnyWorker[], signal: AbortSignal): Promise<void> {
  await Promise.all(
    workers.map((worker) =>
      worker.start({
        signal,
        monotonicMs: () => performance.now(),
        random: Math.random,
        onError: (error, jobId) =>
          base.log.warn({ err: error, worker: worker.name, job: jobId }, 'work is tried again'),
      }),
    ),
  );
}

/** Before the tables exist a request could only fail in a way that looks like a defect. */
function refuseUntil(app: FastifyInstance, isPrepared: () => boolean): void {
  app.addHook('onRequest', async (request) => {
    if (isPrepared() || request.url.startsWith('/health/')) return;
    throw new HttpError(503, 'starting: the database is not there yet, nothing was written; try again');
  });
}
