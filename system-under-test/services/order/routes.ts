import type { FastifyInstance } from 'fastify';
import { type CreateOrder, IDEMPOTENCY_KEY_HEADER, USER_ID_HEADER } from '#sut/contract/api.ts';
import { ORDER_ENDPOINTS } from '#sut/contract/endpoints/order.ts';
import { documentedRoute } from '#sut/platform/http/documented-route.ts';
import { HttpError } from '#sut/platform/http/http-error.ts';
import type { PostgresStore } from '#sut/platform/postgres/postgres-store.ts';
import type { StoredServiceContext } from '#sut/platform/service/service-context.ts';
import { cancelOrder } from './cancel-order.ts';
import { totalMinorOf } from './domain/order.ts';
import { type OrderRow, SELECT_ORDER, toOrder } from './order-rows.ts';
import { orderView, placedView } from './order-view.ts';
import { placeOrder } from './place-order.ts';

/** `POST /orders`, `GET /orders/:id`, `POST /orders/:id/cancel`. */
export function orderRoutes(app: FastifyInstance, { store, newId, log }: StoredServiceContext<PostgresStore>): void {
  documentedRoute(app, ORDER_ENDPOINTS.place, async ({ headers, body: request }) => {
    checkCaller(headers[USER_ID_HEADER], request.user_id);
    checkPoints(request);
    const placed = await placeOrder(store, newId, { request, idempotencyKey: headers[IDEMPOTENCY_KEY_HEADER] });
    log.info({ order_id: placed.id, saga_id: placed.sagaId }, 'order placed');
    return [201, placedView(placed)];
  });

  documentedRoute(app, ORDER_ENDPOINTS.read, async ({ params: { id } }) => {
    const [row] = await store.query<OrderRow>(SELECT_ORDER, [id]);
    if (row === undefined) throw new HttpError(404, `no order '${id}'`);
    return [200, orderView(toOrder(row))];
  });

  documentedRoute(app, ORDER_ENDPOINTS.cancel, async ({ params: { id }, body: { reason } }) => {
    const status = await cancelOrder(store, id, reason);
    return status === 'cancelled' ? [200, { status }] : [202, { status }];
  });
}

function checkCaller(caller: string | undefined, userId: string): void {
  if (caller === undefined || caller === userId) return;
  throw new HttpError(400, 'invalid input', [
    { field: 'user_id', message: `is not the caller named by ${USER_ID_HEADER}` },
  ]);
}

/** Points pay for the order at most; more would have to be paid out. */
function checkPoints({ redeem_points, items }: CreateOrder): void {
  if (redeem_points <= totalMinorOf(items)) return;
  throw new HttpError(400, 'invalid input', [
    { field: 'redeem_points', message: 'must not exceed the total, of which each point pays one minor unit' },
  ]);
}
