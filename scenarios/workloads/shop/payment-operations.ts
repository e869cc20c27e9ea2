import { z } from 'zod';
import { IDEMPOTENCY_KEY_HEADER, USER_ID_HEADER } from '#sut/contract/api.ts';
import type { Operation } from './operation.ts';
import type { StartPaymentInput } from './request.ts';

const startedSchema = z.object({ saga_id: z.string().min(1), payment_id: z.string().min(1) });
const statusSchema = z.object({
  saga_id: z.string(),
  order_id: z.string(),
  type: z.literal('payment'),
  state: z.string(),
});

/** `reach`: components and links whose failure can make the operation itself fail. */
export function startPayment({ expect, ...input }: StartPaymentInput, reach: readonly string[]): Operation {
  const hasKey = input.idempotency_key !== '';
  return {
    op: 'start-payment',
    input: { ...input, reach },
    http: {
      method: 'POST',
      path: '/saga/payment',
      headers: {
        [USER_ID_HEADER]: input.user_id,
        ...(hasKey ? { [IDEMPOTENCY_KEY_HEADER]: input.idempotency_key } : {}),
      },
      body: { user_id: input.user_id, amount: input.amount_minor / 100, card: input.card },
    },
    output: (body) => startedSchema.parse(body),
    expect: expect ?? 201,
    // Without a key a second request is a second payment.
    isResent: hasKey,
  };
}

/** Asks how a payment's saga stands; `started`: output of the request that started it. */
export function getPayment(started: unknown, reach: readonly string[]): Operation {
  const { saga_id: sagaId, payment_id: paymentId } = startedSchema.parse(started);
  return {
    op: 'get-payment',
    input: { saga_id: sagaId, payment_id: paymentId, reach },
    http: { method: 'GET', path: `/saga/status/${sagaId}` },
    output: (body) => {
      const status = statusSchema.parse(body);
      if (status.saga_id !== sagaId || status.order_id !== paymentId) throw new Error('the status of another saga');
      return { state: status.state };
    },
    expect: 200,
    isResent: false,
  };
}
