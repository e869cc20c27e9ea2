import { randomUUID } from 'node:crypto';
import { flushCompileCache } from 'node:module';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { COMPONENTS, type ComponentName } from '#sut/contract/components.ts';
import { createApp } from '../http/create-app.ts';
import { within } from '../time/within.ts';
import { startTracing } from '../tracing/start-tracing.ts';
import { createLog } from './create-log.ts';
import type { ServiceContext } from './service-context.ts';
import { readSettings, type Settings } from './settings.ts';

/** What every process of ours has, with a database or without. */
export interface ServiceBase extends AsyncDisposable {
  readonly settings: Settings;
  readonly log: Logger;
  readonly app: FastifyInstance;
  readonly context: ServiceContext;
  /** Aborts at the first SIGTERM or SIGINT. */
  readonly draining: AbortSignal;
  /** Accepts requests from now on. */
  listen(): Promise<void>;
  /** Accepts no more requests and waits for those at work, but not for ever. */
  closeHttp(): Promise<void>;
}

const HTTP_DRAIN_MS = 3_000;
/** Longest that a connection which a client library could not close may keep the process after everything is done. */
const LINGER_MS = 1_000;

/** Opens what comes before the database: settings, logs, tracing, the HTTP server (not yet listening), signals. */
export async function openBase(name: ComponentName): Promise<ServiceBase> {
  const settings = readSettings(process.env, { name, defaultPort: COMPONENTS[name].defaultPort });
  const log = createLog({ service: settings.name, instance: settings.instance, level: settings.logLevel });
  const tracing = await startTracing({ service: settings.name, otlpEndpoint: settings.otlpEndpoint });
  const draining = new AbortController();
  const drain = (signal: NodeJS.Signals): void => {
    if (!draining.signal.aborted) log.info({ signal }, 'draining');
    draining.abort();
  };
  process.on('SIGTERM', drain);
  process.on('SIGINT', drain);
  const app = createApp({ title: name, log, newId: randomUUID });
  // Or the drain waits for the next request of a client that keeps its connection.
  app.addHook('onSend', async (_request, reply) => {
    if (draining.signal.aborted) reply.header('connection', 'close');
  });
  return {
    settings,
    log,
    app,
    draining: draining.signal,
    context: { settings, log, nowMs: Date.now, newId: randomUUID, signal: draining.signal },
    listen: async () => {
      await app.listen({ port: settings.port, host: '127.0.0.1' });
      // Node writes what it compiled at the end of a process, which one that is killed does not have.
      flushCompileCache();
    },
    closeHttp: async () => {
      const closed = (async () => app.close())();
      await within(closed, HTTP_DRAIN_MS, 'closing the HTTP server').catch((error: unknown) =>
        log.warn({ err: error }, 'requests were cut off'),
      );
    },
    [Symbol.asyncDispose]: async () => {
      // Spans that no collector takes are not worth waiting for.
      await within(tracing[Symbol.asyncDispose](), 1_000, 'flushing spans').catch(() => {});
      log.info('stopped');
      setTimeout(() => process.exit(), LINGER_MS).unref();
    },
  };
}

/** Resolves when the signal aborts. */
export async function whenAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
