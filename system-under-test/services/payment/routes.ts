import type { FastifyInstance } from 'fastify';
import { PAYMENT_ENDPOINTS } from '#sut/contract/endpoints/payment.ts';
import { documentedRoute } from '#sut/platform/http/documented-route.ts';
import { HttpError } from '#sut/platform/http/http-error.ts';
import { toDecimal } from '#sut/platform/money.ts';
import type { PostgresStore } from '#sut/platform/postgres/postgres-store.ts';
import type { Payment } from './payment.ts';
import { toPayment } from './payment-rows.ts';

/** The payment part of the public API. */
export function paymentRoutes(app: FastifyInstance, store: PostgresStore): void {
  documentedRoute(app, PAYMENT_ENDPOINTS.read, async ({ params: { id } }) => {
    // A client of the payment saga knows the request that it made, and no other id.
    const [row] = await store.query('select * from payments where id = $1 or order_id = $1', [id]);
    if (row === undefined) throw new HttpError(404, `payment ${id} does not exist`);
    return [200, present(toPayment(row))];
  });

  documentedRoute(app, PAYMENT_ENDPOINTS.ofOrder, async ({ query: { order_id } }) => {
    const rows = await store.query('select * from payments where order_id = $1 order by created_at', [order_id]);
    return [200, { payments: rows.map((row) => present(toPayment(row))) }];
  });
}

/** What a client may see: amounts as decimals, no card. */
function present(payment: Payment) {
  return {
    id: payment.id,
    saga_id: payment.sagaId,
    order_id: payment.orderId,
    amount: toDecimal(payment.amountMinor),
    currency: payment.currency,
    status: payment.status,
    reason: payment.reason ?? null,
    charge_id: payment.chargeId ?? null,
  };
}
