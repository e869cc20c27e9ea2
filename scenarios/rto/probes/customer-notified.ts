import { z } from 'zod';
import { read } from './http-answer.ts';
import { orderEffectProbe } from './order-effect.ts';

const answerSchema = z.object({ notifications: z.array(z.object({ status: z.string() })) });

/** The message to the customer, the last step of the saga, is on record: needs notification, besides the whole saga. */
export const customerNotified = orderEffectProbe({
  name: 'customer-notified',
  summary: 'POST /orders, then GET /notifications?order_id= at notification until it is there',
  timeoutMs: 10_000,
  at: 'notification',
  idOf: ({ orderId }) => orderId,
  async isVisible(notification, id, signal) {
    const { notifications } = await read(notification, `/notifications?order_id=${id}`, answerSchema, signal);
    return notifications.length > 0;
  },
});
