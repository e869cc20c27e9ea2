import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { IDEMPOTENCY_KEY_HEADER, REQUEST_ID_HEADER, USER_ID_HEADER } from '#sut/contract/api.ts';
import type { ComponentName } from '#sut/contract/components.ts';
import type { Endpoint } from '#sut/contract/endpoint.ts';
import { PUBLIC_ENDPOINTS, type PublicService } from '#sut/contract/endpoints/catalog.ts';
import { SETTING_DEFAULTS, SETTINGS } from '#sut/contract/settings.ts';
import { type JsonAnswer, NoAnswerError } from '#sut/platform/http/call-json.ts';
import { HttpError } from '#sut/platform/http/http-error.ts';
import type { Settings } from '#sut/platform/service/settings.ts';
import { currentDeadline, Deadline, withDeadline } from '#sut/platform/time/deadline.ts';
import { AdmissionGate, OverloadedError } from './admission/admission-gate.ts';
import { isIdempotent } from './may-repeat.ts';
import { Upstream } from './upstream.ts';

/** What of a caller's headers a service gets to see; trace context and deadline travel by themselves. */
const PASSED_HEADERS = [IDEMPOTENCY_KEY_HEADER, USER_ID_HEADER] as const;
/** A caller who does not say how long he waits is told within this time that the outcome is open. */
const DEFAULT_TIMEOUT_MS = 4_000;
/** Nobody may occupy the gateway for longer. */
const LONGEST_TIMEOUT_MS = 10_000;

/** Components of a service, the one to be asked first. */
const INSTANCES: Readonly<Record<PublicService, readonly ComponentName[]>> = {
  order: ['order'],
  inventory: ['inventory'],
  payment: ['payment'],
  notification: ['notification'],
  user: ['user'],
  wallet: ['wallet'],
  orchestrator: ['orchestrator', 'orchestrator-2'],
  'event-store': ['event-store'],
};

/** A service as the gateway sees it. */
interface Destination {
  readonly service: PublicService;
  readonly upstream: Upstream;
  readonly gate: AdmissionGate;
}

/**
 * Forwards every endpoint of the public API to its service, at most so many at once. Nothing is sent twice, except to the
 * other orchestrator when that is harmless: whether else a request may be repeated is the caller's to know, who has the
 * idempotency key. 503: nothing was sent. 502, 504: no answer came, the outcome is open.
 */
export function gatewayRoutes(app: FastifyInstance, settings: Settings): void {
  const limits = {
    maxRunning: settings.integer(SETTINGS.gatewayMaxRunning, SETTING_DEFAULTS.gatewayMaxRunning),
    maxWaiting: settings.integer(SETTINGS.gatewayMaxWaiting, SETTING_DEFAULTS.gatewayMaxWaiting),
  };
  for (const service of Object.keys(PUBLIC_ENDPOINTS) as readonly PublicService[]) {
    const destination: Destination = {
      service,
      upstream: new Upstream(INSTANCES[service].map((name) => settings.required(SETTINGS.peerUrl(name)))),
      gate: new AdmissionGate(service, limits),
    };
    for (const endpoint of PUBLIC_ENDPOINTS[service]) forwardRoute(app, endpoint, destination);
  }
}

/** The service checks the input: what the gateway refused too would have to be kept the same in two places. */
function forwardRoute(app: FastifyInstance, endpoint: Endpoint, destination: Destination): void {
  app.route({
    method: endpoint.method,
    url: endpoint.path,
    config: { endpoint },
    handler: async (request, reply) => {
      const timeoutMs = Math.min(currentDeadline()?.remainingMs() ?? DEFAULT_TIMEOUT_MS, LONGEST_TIMEOUT_MS);
      const deadline = new Deadline(timeoutMs);
      const hungUp = hangUpOf(reply);
      try {
        const answer = await destination.gate.run(deadline, hungUp, () =>
          withDeadline(deadline, () => forward(request, endpoint, destination.upstream, deadline, hungUp)),
        );
        if (answer.body === undefined)
          throw new HttpError(502, `${destination.service} service answered ${answer.status} without JSON`);
        return reply.status(answer.status).send(answer.body);
      } catch (error) {
        throw asAnswer(error, request, reply, destination.service);
      }
    },
  });
}

function forward(
  request: FastifyRequest,
  endpoint: Endpoint,
  upstream: Upstream,
  deadline: Deadline,
  signal: AbortSignal,
): Promise<JsonAnswer> {
  return upstream.call({
    method: endpoint.method,
    target: targetOf(request.url),
    headers: { [REQUEST_ID_HEADER]: request.id, ...passedHeaders(request) },
    ...(request.body === undefined ? {} : { body: request.body }),
    isIdempotent: isIdempotent(endpoint, request.headers),
    deadline,
    signal,
  });
}

/** Aborts when the caller hangs up before the answer: his place is worth more to the next. */
function hangUpOf(reply: FastifyReply): AbortSignal {
  const hungUp = new AbortController();
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) hungUp.abort();
  });
  return hungUp.signal;
}

function asAnswer(error: unknown, request: FastifyRequest, reply: FastifyReply, service: PublicService): unknown {
  if (error instanceof OverloadedError) {
    reply.header('retry-after', Math.max(1, Math.ceil(error.retryAfterMs / 1_000)));
    return new HttpError(503, error.message);
  }
  if (!(error instanceof NoAnswerError)) return error;
  request.log.warn({ err: error }, 'no answer from service');
  switch (error.kind) {
    case 'refused':
      reply.header('retry-after', 1);
      return new HttpError(503, `the ${service} service is not there, nothing was sent`);
    case 'timeout':
      return new HttpError(504, `${service} service did not answer in time, outcome unknown`);
    default:
      return new HttpError(502, `no answer from the ${service} service, outcome unknown`);
  }
}

/** Only path and query are the caller's: a request line may name a whole URL, whose host is not to be visited. */
function targetOf(requestUrl: string): string {
  const { pathname, search } = new URL(requestUrl, 'http://gateway');
  return pathname + search;
}

function passedHeaders(request: FastifyRequest): Record<string, string> {
  const passed: Record<string, string> = {};
  for (const name of PASSED_HEADERS) {
    const value = request.headers[name];
    if (typeof value === 'string') passed[name] = value;
  }
  return passed;
}
