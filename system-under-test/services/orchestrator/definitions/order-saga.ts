import { orderCreatedSchema } from '#sut/contract/messages.ts';
import { eventsTopic } from '#sut/contract/topics.ts';
import type { SagaDefinition } from '../domain/saga-definition.ts';

/**
 * An order: stock is held, the card is charged, then the held stock is confirmed. Confirming is the pivot: it is the
 * last step that may be refused (the hold may have expired), so everything after it only ever goes forward.
 */
export const orderSaga: SagaDefinition = {
  id: 'order',
  startedBy: { topic: eventsTopic('order'), type: 'order.created' },
  read: (payload) => {
    const order = orderCreatedSchema.parse(payload);
    return {
      sagaId: order.saga_id,
      orderId: order.order_id,
      data: {
        user_id: order.user_id,
        items: order.items,
        amount_minor: order.total_minor,
        currency: order.currency,
        card: order.card,
      },
    };
  },
  steps: [
    {
      id: 'reserve',
      kind: 'compensatable',
      participant: 'inventory',
      action: 'reserve',
      fields: ['items'],
      compensation: { participant: 'inventory', action: 'cancel', fields: [] },
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
