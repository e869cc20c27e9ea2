import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { createOrderSchema, USER_ID_HEADER } from '#sut/contract/api.ts';
import { HttpError } from '#sut/platform/http/http-error.ts';
import { idempotencyKeyOf } from '#sut/platform/http/idempotency-key.ts';
import { parseInput } from '#sut/platform/http/parse-input.ts';
import type { PostgresStore } from '#sut/platform/postgres/postgres-store.ts';
import type { StoredServiceContext } from '#sut/platform/service/service-context.ts';
import { cancelOrder } from './cancel-order.ts';
import { totalMinorOf } from './domain/order.ts';
import { type OrderRow, SELECT_ORDER, toOrder } from './order-rows.ts';
import { orderView, placedView } from './order-view.ts';
import { placeOrder } from './place-order.ts';

/** Points pay for the order at most; more would have to be paid out. */
const placeSchema = createOrderSchema.refine((order) => order.redeem_points <= totalMinorOf(order.items), {
  path: ['redeem_points'],
  error: 'must not exceed the total, of which each point pays one minor unit',
});
const cancelSchema = z.object({ reason: z.string().min(1).max(200).default('requested by the customer') });
const paramsSchema = z.object({
  id: z
    .string()
    .max(64)
    .regex(/^[\w-]+$/),
});

/** `POST /orders`, `GET /orders/:id`, `POST /orders/:id/cancel`. */
export function orderRoutes(app: FastifyInstance, { store, newId, log }: StoredServiceContext<PostgresStore>): void {
  app.post('/orders', async (request, reply) => {
    const order = parseInput(placeSchema, request.body);
    checkCaller(request, order.user_id);
    const placed = await placeOrder(store, newId, { request: order, idempotencyKey: idempotencyKeyOf(request) });
    log.info({ order_id: placed.id, saga_id: placed.sagaId }, 'order placed');
    return reply.status(201).send(placedView(placed));
  });

  app.get('/orders/:id', async (request) => {
    const { id } = parseInput(paramsSchema, request.params);
    const [row] = await store.query<OrderRow>(SELECT_ORDER, [id]);
    if (row === undefined) throw new HttpError(404, `no order '${id}'`);
    return orderView(toOrder(row));
  });

  app.post('/orders/:id/cancel', async (request, reply) => {
    const { id } = parseInput(paramsSchema, request.params);
    const { reason } = parseInput(cancelSchema, request.body);
    const status = await cancelOrder(store, id, reason);
    return reply.status(status === 'cancelled' ? 200 : 202).send({ status });
  });
}

function checkCaller(request: FastifyRequest, userId: string): void {
  const caller = request.headers[USER_ID_HEADER];
  if (caller === undefined || caller === userId) return;
  throw new HttpError(400, 'invalid input', [
    { field: 'user_id', message: `is not the caller named by ${USER_ID_HEADER}` },
  ]);
}
