import { z } from 'zod';
import { answerOf, unexpected } from './http-answer.ts';
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
    const answer = await answerOf(notification, { method: 'GET', path: `/notifications?order_id=${id}` }, signal);
    if (answer.status !== 200) throw unexpected(answer);
    return answerSchema.parse(answer.body).notifications.length > 0;
  },
});
