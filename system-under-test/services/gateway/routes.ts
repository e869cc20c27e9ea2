import type { FastifyInstance, FastifyRequest } from 'fastify';
import { IDEMPOTENCY_KEY_HEADER, REQUEST_ID_HEADER, USER_ID_HEADER } from '#sut/contract/api.ts';
import { SETTINGS } from '#sut/contract/settings.ts';
import { callJson, NoAnswerError } from '#sut/platform/http/call-json.ts';
import { HttpError } from '#sut/platform/http/http-error.ts';
import type { Settings } from '#sut/platform/service/settings.ts';

/** A public route and the service that answers it; the path is the same on both sides. */
interface Forwarding {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly path: string;
  readonly service: 'order' | 'inventory' | 'orchestrator';
}

const FORWARDINGS: readonly Forwarding[] = [
  { method: 'POST', path: '/orders', service: 'order' },
  { method: 'GET', path: '/orders/:id', service: 'order' },
  { method: 'POST', path: '/orders/:id/cancel', service: 'order' },
  { method: 'PUT', path: '/inventory/products/:id', service: 'inventory' },
  { method: 'GET', path: '/inventory/products/:id', service: 'inventory' },
  { method: 'POST', path: '/inventory/reserve', service: 'inventory' },
  { method: 'POST', path: '/inventory/reservations/:id/confirm', service: 'inventory' },
  { method: 'POST', path: '/inventory/reservations/:id/cancel', service: 'inventory' },
  { method: 'GET', path: '/saga/status/:id', service: 'orchestrator' },
];

/** What of a caller's headers a service gets to see; trace context travels by itself. */
const PASSED_HEADERS = [IDEMPOTENCY_KEY_HEADER, USER_ID_HEADER] as const;
/** A caller is told within this time that the outcome is open, rather than left waiting. */
const DEADLINE_MS = 4_000;

/**
 * Forwards each public route to its service. Nothing is sent twice: whether a request may be repeated is the
 * caller's to know, who has the idempotency key. 502, 504: no answer came, the outcome is open.
 */
export function gatewayRoutes(app: FastifyInstance, settings: Settings): void {
  for (const { method, path, service } of FORWARDINGS) {
    const target = settings.required(SETTINGS.peerUrl(service));
    app.route({
      method,
      url: path,
      handler: async (request, reply) => {
        const answer = await forward(request, method, target, service);
        return reply.status(answer.status).send(answer.body);
      },
    });
  }
}

async function forward(request: FastifyRequest, method: Forwarding['method'], target: string, service: string) {
  try {
    const answer = await callJson({
      method,
      url: urlAt(target, request.url),
      headers: { [REQUEST_ID_HEADER]: request.id, ...passedHeaders(request) },
      ...(request.body === undefined ? {} : { body: request.body }),
      timeoutMs: DEADLINE_MS,
    });
    if (answer.body === undefined)
      throw new HttpError(502, `${service} service answered ${answer.status} without JSON`);
    return answer;
  } catch (error) {
    if (!(error instanceof NoAnswerError)) throw error;
    request.log.warn({ err: error }, 'no answer from service');
    if (error.kind === 'timeout')
      throw new HttpError(504, `${service} service did not answer in time, outcome unknown`);
    throw new HttpError(502, `no answer from the ${service} service, outcome unknown`);
  }
}

/** Only path and query are the caller's: a request line may name a whole URL, whose host is not to be visited. */
function urlAt(target: string, requestUrl: string): string {
  const { pathname, search } = new URL(requestUrl, target);
  return new URL(target).origin + pathname + search;
}

function passedHeaders(request: FastifyRequest): Record<string, string> {
  const passed: Record<string, string> = {};
  for (const name of PASSED_HEADERS) {
    const value = request.headers[name];
    if (typeof value === 'string') passed[name] = value;
  }
  return passed;
}
