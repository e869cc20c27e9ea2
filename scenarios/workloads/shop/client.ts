import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { TIMEOUT_HEADER, USER_ID_HEADER } from '#sut/contract/api.ts';
import type { Environment } from '#sut/contract/environment.ts';
import { HEADERS } from '#sut/contract/messages.ts';
import type { TimedRequest } from '../../model/plan.ts';
import type { ClientSpan, SpanSink } from '../../model/span-sink.ts';
import type { Client, HistorySink, Outcome, RequestContext } from '../../model/workload.ts';
import { HttpPeer, type HttpRequest } from './http-exchange.ts';
import { judgeExchange, type Operation } from './operation.ts';
import { cancelOrder, getOrder, placeOrder } from './order-operations.ts';
import { getPayment, startPayment } from './payment-operations.ts';
import { reachOf } from './reach-of.ts';
import { emptyInputSchema, placeOrderInputSchema, shopOpSchema, startPaymentInputSchema } from './request.ts';

const ATTEMPT_TIMEOUT_MS = 3_000;
/** Doubled from first to longest: clients that all come back within a second keep down a system that has just got up. */
const RESEND_DELAY_MS = { first: 150, max: 4_000 } as const;

type Reach = Readonly<Record<'order' | 'orchestrator', readonly string[]>>;

/** What the clients of one run have in common. */
interface Shop {
  readonly gateway: HttpPeer;
  readonly history: HistorySink;
  readonly spans: SpanSink;
}

type TraceRoot = Pick<ClientSpan, 'traceId' | 'spanId'>;

/** Clients of the shop's public API, through the gateway's real port. */
export function connectShopClient(environment: Environment, history: HistorySink, spans: SpanSink): Client {
  const gateway = new HttpPeer(`http://127.0.0.1:${environment.port('gateway')}`, ATTEMPT_TIMEOUT_MS);
  const reach = { order: reachOf(environment, 'order'), orchestrator: reachOf(environment, 'orchestrator') };
  return {
    perform: (request, context) => perform(operationOf(request, context, reach), { gateway, history, spans }, context),
    [Symbol.asyncDispose]: () => gateway[Symbol.asyncDispose](),
  };
}

async function perform(operation: Operation, shop: Shop, context: RequestContext): Promise<Outcome> {
  const over = AbortSignal.any([context.signal, context.giveUp]);
  let pauseMs: number = RESEND_DELAY_MS.first;
  for (;;) {
    const outcome = await attempt(operation, shop, context);
    if (outcome.type !== 'info' || !operation.isResent || over.aborted) return outcome;
    await delay(pauseMs, undefined, { signal: over }).catch(() => undefined);
    if (over.aborted) return outcome;
    pauseMs = Math.min(pauseMs * 2, RESEND_DELAY_MS.max);
  }
}

async function attempt(operation: Operation, shop: Shop, context: RequestContext): Promise<Outcome> {
  const { gateway, history, spans } = shop;
  const { op, input, expect, http } = operation;
  const { process } = context;
  const invocation = history.record({ type: 'invoke', process, op, input }).index;
  const trace = traceOf(http, invocation);
  const startMs = Date.now();
  const exchange = await gateway.exchange(attributed(http, trace), context.signal);
  const completion = judgeExchange(operation, exchange);
  spans.record({
    ...{ ...trace, name: op, startMs, endMs: Date.now(), isError: completion.type !== 'ok' },
    attributes: {
      ...{ 'http.request.method': http.method, 'url.path': http.path, 'chaos.invocation': invocation },
      ...(http.headers?.[USER_ID_HEADER] === undefined ? {} : { 'user.id': http.headers[USER_ID_HEADER] }),
      ...(exchange.status === undefined ? {} : { 'http.response.status_code': exchange.status }),
    },
  });
  history.record({ ...completion, process, op, invocation });
  const { status } = exchange;
  if (expect !== undefined && status !== undefined && status < 500 && status !== expect) {
    const values = { invocation, op, expected: expect, actual: status };
    history.record({ type: 'observation', kind: 'unexpected-answer', values });
  }
  return completion;
}

/** The request as an attempt of its own: how long its client waits, and a trace that begins with it. */
function attributed(http: HttpRequest, { traceId, spanId }: TraceRoot): HttpRequest {
  return {
    ...http,
    headers: {
      ...http.headers,
      [TIMEOUT_HEADER]: String(ATTEMPT_TIMEOUT_MS),
      [HEADERS.traceparent]: `00-${traceId}-${spanId}-01`,
    },
  };
}

/** Differs from attempt to attempt and, because of the keys and ids in a request, from run to run. */
function traceOf(http: HttpRequest, invocation: number): TraceRoot {
  const digest = createHash('sha256')
    .update(JSON.stringify([http, invocation]))
    .digest('hex');
  return { traceId: digest.slice(0, 32), spanId: digest.slice(32, 48) };
}

function operationOf(request: TimedRequest, { after }: RequestContext, reach: Reach): Operation {
  const op = shopOpSchema.parse(request.op);
  switch (op) {
    case 'place-order':
      return placeOrder(placeOrderInputSchema.parse(request.input), reach.order);
    case 'start-payment':
      return startPayment(startPaymentInputSchema.parse(request.input), reach.orchestrator);
    default:
      emptyInputSchema.parse(request.input);
      if (op === 'cancel-order') return cancelOrder(after, reach.order);
      return op === 'get-order' ? getOrder(after, reach.order) : getPayment(after, reach.orchestrator);
  }
}
