import { orderCreatedSchema } from '#sut/contract/messages.ts';
import { eventsTopic } from '#sut/contract/topics.ts';
import type { MessageStarter, SagaDefinition } from '../domain/saga-definition.ts';

/** An order earns one point for each of these, in minor units of what was charged. */
const MINOR_UNITS_PER_POINT = 100;

/**
 * An order: the spending limit and the stock are held, points are taken, the card is charged for the rest, then the held
 * stock is confirmed. Confirming is the pivot: it is the last step that may be refused (the hold may have expired), so
 * everything after it only ever goes forward, and points are earned only there.
 */
export const orderSaga: SagaDefinition<MessageStarter> = {
  id: 'order',
  startedBy: {
    kind: 'message',
    topic: eventsTopic('order'),
    type: 'order.created',
    schema: orderCreatedSchema
      .refine((order) => order.redeem_points <= order.total_minor, {
        path: ['redeem_points'],
        error: 'must not exceed the total',
      })
      .transform((order) => {
        // A point is worth one minor unit.
        const amountMinor = order.total_minor - order.redeem_points;
        return {
          sagaId: order.saga_id,
          orderId: order.order_id,
          data: {
            user_id: order.user_id,
            items: order.items,
            amount_minor: amountMinor,
            currency: order.currency,
            card: order.card,
            redeem_points: order.redeem_points,
            earned_points: Math.floor(amountMinor / MINOR_UNITS_PER_POINT),
          },
        };
      }),
  },
  steps: [
    {
      id: 'hold-limit',
      kind: 'compensatable',
      participant: 'user',
      action: 'hold-limit',
      fields: ['user_id', 'amount_minor', 'currency'],
      compensation: { participant: 'user', action: 'release-limit', fields: ['user_id', 'amount_minor', 'currency'] },
    },
    {
      id: 'reserve',
      kind: 'compensatable',
      participant: 'inventory',
      action: 'reserve',
      fields: ['items'],
      compensation: { participant: 'inventory', action: 'cancel', fields: [] },
    },
    {
      id: 'redeem-points',
      kind: 'compensatable',
      when: { field: 'redeem_points', above: 0 },
      participant: 'wallet',
      action: 'redeem-points',
      fields: ['user_id', 'redeem_points'],
      compensation: { participant: 'wallet', action: 'give-back-points', fields: ['user_id', 'redeem_points'] },
    },
    {
      id: 'charge',
      kind: 'compensatable',
      participant: 'payment',
      action: 'charge',
      fields: ['amount_minor', 'currency', 'card'],
      compensation: { participant: 'payment', action: 'refund', fields: ['amount_minor', 'currency', 'card'] },
    },
    { id: 'confirm-stock', kind: 'pivot', participant: 'inventory', action: 'confirm', fields: [] },
    {
      id: 'credit-points',
      kind: 'retriable',
      participant: 'wallet',
      action: 'credit-points',
      fields: ['user_id', 'earned_points'],
    },
    { id: 'confirm-order', kind: 'retriable', participant: 'order', action: 'confirm', fields: [] },
    {
      id: 'notify',
      kind: 'retriable',
      participant: 'notification',
      action: 'send-confirmation',
      fields: ['user_id', 'amount_minor', 'currency'],
    },
  ],
  closing: [
    { step: 'confirm-order', participant: 'order', action: 'cancel', fields: [] },
    {
      step: 'notify',
      participant: 'notification',
      action: 'send-cancellation',
      fields: ['user_id', 'amount_minor', 'currency'],
    },
  ],
};
