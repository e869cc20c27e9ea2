import { type Context, context, propagation, ROOT_CONTEXT, type Span, SpanKind, trace } from '@opentelemetry/api';
import { type FastifyBaseLogger, type FastifyInstance, type FastifyRequest, fastify, LogController } from 'fastify';
import type { Logger } from 'pino';
import { nameSchema, REQUEST_ID_HEADER, USER_ID_HEADER } from '#sut/contract/api.ts';
import { subjectAttributes, withSubject } from '../tracing/subject.ts';
import { answerError } from './answer-error.ts';
import { collectRoutes } from './collect-routes.ts';
import { describeRoutes } from './describe-routes.ts';
import { keepDeadlines } from './request-deadline.ts';

const BODY_LIMIT_BYTES = 256 * 1024;
const REQUEST_TIMEOUT_MS = 15_000;

interface RequestTrace {
  readonly span: Span;
  readonly context: Context;
}

/**
 * An HTTP server as every service has it: request ids (taken over or made), a span per request that continues the
 * caller's trace, the caller's deadline, one log line per answer, errors as `{ error, details? }` without stack traces,
 * and `/openapi.json`, titled `title`, of the routes that `documentedRoute` registers.
 */
export function createApp(options: {
  readonly title: string;
  readonly log: Logger;
  readonly newId: () => string;
}): FastifyInstance {
  // Widened, or the logger's type becomes part of the server's.
  const loggerInstance: FastifyBaseLogger = options.log;
  const app = fastify({
    loggerInstance,
    // One line per answer, written below with what a reader wants.
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: (request) => requestIdOf(request.headers[REQUEST_ID_HEADER]) ?? options.newId(),
    bodyLimit: BODY_LIMIT_BYTES,
    // What a path may hold is its endpoint's to say; Node bounds the whole.
    routerOptions: { maxParamLength: 16 * 1024 },
    // Not only what routes throw: a path that cannot be decoded has no route.
    frameworkErrors: (error, request, reply) => void answerError(error, request, reply),
    requestTimeout: REQUEST_TIMEOUT_MS,
    // A drain waits for requests at work, not for idle keep-alive connections.
    forceCloseConnections: 'idle',
  });
  app.setErrorHandler(answerError);
  readJsonFromForms(app);
  traceRequests(app);
  describeRoutes(app, options.title, collectRoutes(app));
  keepDeadlines(app);
  app.addHook('onResponse', async (request, reply) => {
    const fields = {
      method: request.method,
      path: request.url,
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime),
    };
    if (isHealthCheck(request)) request.log.trace(fields, 'answered');
    else request.log.info(fields, 'answered');
  });
  return app;
}

/** `curl -d '{…}'` without a header calls its JSON a form; nothing here takes forms, so it is read as what it is. */
function readJsonFromForms(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, parse);
}

function traceRequests(app: FastifyInstance): void {
  const traces = new WeakMap<FastifyRequest, RequestTrace>();
  app.addHook('onRequest', async (request, reply) => {
    reply.header(REQUEST_ID_HEADER, request.id);
    if (isHealthCheck(request)) return;
    const parent = propagation.extract(ROOT_CONTEXT, request.headers);
    const attributes = { 'http.request.method': request.method, 'url.path': request.url.split('?', 1)[0] ?? '' };
    const span = trace
      .getTracer('platform')
      .startSpan(
        `${request.method} ${request.routeOptions.url ?? 'unknown route'}`,
        { kind: SpanKind.SERVER, attributes },
        parent,
      );
    traces.set(request, { span, context: trace.setSpan(parent, span) });
  });
  // Not in onRequest: parsing the body continues in another asynchronous context.
  app.addHook('preHandler', (request, _reply, done) => {
    const traced = traces.get(request);
    if (traced === undefined) return done();
    const subject = { userId: userOf(request), requestId: request.id };
    traced.span.setAttributes(subjectAttributes(subject));
    context.with(withSubject(traced.context, subject), done);
  });
  app.addHook('onResponse', async (request, reply) => {
    const span = traces.get(request)?.span;
    span?.setAttribute('http.response.status_code', reply.statusCode);
    span?.end();
  });
}

/**
 * Whom the request names: the header, or else the field of that name in the path or the body. Endpoints need not describe that field,
 * and what goes from here into logs, headers of messages and databases must be fit for them, so anything but a name is none.
 */
function userOf(request: FastifyRequest): string | undefined {
  const named = [request.headers[USER_ID_HEADER], fieldOf(request.params, 'user_id'), fieldOf(request.body, 'user_id')];
  return named.find((value): value is string => nameSchema.safeParse(value).success);
}

const fieldOf = (value: unknown, field: string): unknown =>
  typeof value === 'object' && value !== null ? Object.entries(value).find(([name]) => name === field)?.[1] : undefined;

const isHealthCheck = (request: FastifyRequest): boolean => request.url.startsWith('/health/');

/** A caller's id is kept when it is harmless in logs and headers. */
function requestIdOf(header: string | string[] | undefined): string | undefined {
  return typeof header === 'string' && /^[\w.:-]{1,128}$/.test(header) ? header : undefined;
}
