import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { HttpError } from '#sut/platform/http/http-error.ts';
import { parseInput } from '#sut/platform/http/parse-input.ts';
import type { PostgresStore } from '#sut/platform/postgres/postgres-store.ts';
import type { Payment } from './payment.ts';
import { toPayment } from './payment-rows.ts';

const paramsSchema = z.object({ id: z.string().min(1).max(128) });
const querySchema = z.object({ order_id: z.string().min(1).max(128) });

/** `GET /payments/:id`, by the payment's id or by that of the request or order paid, and `GET /payments?order_id=…`. */
export function paymentRoutes(app: FastifyInstance, store: PostgresStore): void {
  app.get('/payments/:id', async (request) => {
    const { id } = parseInput(paramsSchema, request.params);
    const [row] = await store.query('select * from payments where id = $1 or order_id = $1', [id]);
    if (row === undefined) throw new HttpError(404, `payment ${id} does not exist`);
    return present(toPayment(row));
  });

  app.get('/payments', async (request) => {
    const { order_id } = parseInput(querySchema, request.query);
    const rows = await store.query('select * from payments where order_id = $1 order by created_at', [order_id]);
    return { payments: rows.map((row) => present(toPayment(row))) };
  });
}

/** What a client may see: amounts as decimals, no card. */
function present(payment: Payment) {
  return {
    id: payment.id,
    saga_id: payment.sagaId,
    order_id: payment.orderId,
    amount: payment.amountMinor / 100,
    currency: payment.currency,
    status: payment.status,
    reason: payment.reason ?? null,
    charge_id: payment.chargeId ?? null,
  };
}
