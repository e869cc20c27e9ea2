import { z } from 'zod';
import { read } from './http-answer.ts';
import { orderEffectProbe } from './order-effect.ts';

const answerSchema = z.object({ payments: z.array(z.object({ status: z.string() })) });

/** The order's charge was decided at the acquirer and committed: needs payment, besides the saga up to there. */
export const paymentSettled = orderEffectProbe({
  name: 'payment-settled',
  summary: 'POST /orders, then GET /payments?order_id= at payment until the charge is decided',
  timeoutMs: 10_000,
  at: 'payment',
  idOf: ({ orderId }) => orderId,
  async isVisible(payment, id, signal) {
    const { payments } = await read(payment, `/payments?order_id=${id}`, answerSchema, signal);
    return payments.some(({ status }) => status !== 'PENDING');
  },
});
