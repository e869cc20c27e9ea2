import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { IDEMPOTENCY_KEY_HEADER, USER_ID_HEADER } from '#sut/contract/api.ts';
import type { Environment } from '#sut/contract/environment.ts';
import type { TimedRequest } from '../../model/plan.ts';
import type { Client, HistorySink, Outcome, RequestContext } from '../../model/workload.ts';
import { type Exchange, HttpPeer, type HttpRequest } from './http-exchange.ts';
import { emptyInputSchema, type PlaceOrderInput, placeOrderInputSchema, type ShopOp, shopOpSchema } from './request.ts';

const ATTEMPT_TIMEOUT_MS = 3_000;
const RESEND_DELAY_MS = { first: 150, max: 1_000 } as const;

/** Components and links whose failure can make an operation of the shop itself fail; everything else is asynchronous. */
const REACH: readonly string[] = ['gateway', 'order', 'postgres', 'gateway->order', 'order->postgres'];

const placedSchema = z.object({ order: z.object({ id: z.string().min(1) }), saga_id: z.string().min(1) });
const orderSchema = z.object({ id: z.string().min(1), status: z.string().min(1) });
const cancelledSchema = z.object({ status: z.string().min(1) });

/** What an operation's history entry and its request are made of. */
interface Operation {
  readonly op: ShopOp;
  readonly input: Readonly<Record<string, unknown>>;
  readonly http: HttpRequest;
  /** Turns a 2xx body into the operation's output; throws when the body is not what the contract promises. */
  output(body: unknown): Readonly<Record<string, unknown>>;
  /** The status that the plan says must come; anything else definite is observed as `unexpected-answer`. */
  readonly expect: number | undefined;
  /** A real client sends again what it must get done and has no answer for. */
  readonly isResent: boolean;
}

/** Clients of the shop's public API, through the gateway's real port. */
export function connectShopClient(environment: Environment, history: HistorySink): Client {
  const gateway = new HttpPeer(`http://127.0.0.1:${environment.port('gateway')}`, ATTEMPT_TIMEOUT_MS);
  return {
    perform: (request, context) => perform(operationOf(request, context), gateway, history, context),
    [Symbol.asyncDispose]: () => gateway[Symbol.asyncDispose](),
  };
}

async function perform(
  operation: Operation,
  gateway: HttpPeer,
  history: HistorySink,
  context: RequestContext,
): Promise<Outcome> {
  let pauseMs: number = RESEND_DELAY_MS.first;
  for (;;) {
    const outcome = await attempt(operation, gateway, history, context);
    if (outcome.type !== 'info' || !operation.isResent || context.signal.aborted) return outcome;
    await delay(pauseMs, undefined, { signal: context.signal }).catch(() => undefined);
    if (context.signal.aborted) return outcome;
    pauseMs = Math.min(pauseMs * 2, RESEND_DELAY_MS.max);
  }
}

async function attempt(
  operation: Operation,
  gateway: HttpPeer,
  history: HistorySink,
  context: RequestContext,
): Promise<Outcome> {
  const { op, input } = operation;
  const { process } = context;
  const invocation = history.record({ type: 'invoke', process, op, input }).index;
  const exchange = await gateway.exchange(operation.http, context.signal);
  const completion = judgeExchange(operation, exchange);
  history.record({ ...completion, process, op, invocation });
  if (
    operation.expect !== undefined &&
    exchange.status !== undefined &&
    exchange.status < 500 &&
    exchange.status !== operation.expect
  ) {
    history.record({
      type: 'observation',
      kind: 'unexpected-answer',
      values: { invocation, op, expected: operation.expect, actual: exchange.status },
    });
  }
  return completion;
}

type Judged = Outcome & { readonly error?: string };

/** ok = 2xx; fail = 4xx, it certainly did not happen; info = everything that leaves the outcome open. Pure. */
export function judgeExchange(operation: Pick<Operation, 'output'>, exchange: Exchange): Judged {
  if (exchange.status === undefined) return { type: 'info', error: exchange.error };
  const { status, body } = exchange;
  if (status >= 200 && status < 300) {
    try {
      return { type: 'ok', output: operation.output(body) };
    } catch (error) {
      return { type: 'info', error: `${status} with an unreadable body: ${String(error)}` };
    }
  }
  // 408 and 429 answer for the connection, not for the request: it may have been passed on.
  const isDefinite = status >= 400 && status < 500 && status !== 408 && status !== 429;
  return { type: isDefinite ? 'fail' : 'info', error: `${status} ${JSON.stringify(body).slice(0, 200)}` };
}

function operationOf(request: TimedRequest, context: RequestContext): Operation {
  const op = shopOpSchema.parse(request.op);
  if (op === 'place-order') return placeOrder(placeOrderInputSchema.parse(request.input));
  emptyInputSchema.parse(request.input);
  const { order_id: orderId } = z.object({ order_id: z.string() }).parse(context.after);
  const input = { order_id: orderId, reach: REACH };
  return op === 'cancel-order'
    ? {
        op,
        input,
        http: { method: 'POST', path: `/orders/${orderId}/cancel`, body: {} },
        output: (body) => cancelledSchema.parse(body),
        expect: undefined,
        isResent: false,
      }
    : {
        op,
        input,
        http: { method: 'GET', path: `/orders/${orderId}` },
        output: (body) => ({ status: orderSchema.parse(body).status }),
        expect: 200,
        isResent: false,
      };
}

function placeOrder({ expect, ...input }: PlaceOrderInput): Operation {
  return {
    op: 'place-order',
    input: { ...input, reach: REACH },
    http: {
      method: 'POST',
      path: '/orders',
      headers: { [IDEMPOTENCY_KEY_HEADER]: input.idempotency_key, [USER_ID_HEADER]: input.user_id },
      body: {
        user_id: input.user_id,
        card: input.card,
        items: input.items.map((item) => ({
          product_id: item.product_id,
          quantity: item.quantity,
          price: item.price_minor / 100,
        })),
      },
    },
    output: (body) => {
      const placed = placedSchema.parse(body);
      return { order_id: placed.order.id, saga_id: placed.saga_id };
    },
    expect: expect ?? 201,
    isResent: true,
  };
}
