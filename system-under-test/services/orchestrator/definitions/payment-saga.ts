import { createPaymentSchema } from '#sut/contract/api.ts';
import { toMinorUnits } from '#sut/platform/money.ts';
import type { RequestStarter, SagaDefinition } from '../domain/saga-definition.ts';

/**
 * A payment into a wallet: the card is charged, then the wallet is topped up. Topping up is the pivot: a wallet that is
 * frozen, or kept in another currency, refuses it, and then the card gets its money back.
 */
export const paymentSaga: SagaDefinition<RequestStarter> = {
  id: 'payment',
  startedBy: {
    kind: 'request',
    path: '/saga/payment',
    schema: createPaymentSchema.transform((request) => ({
      userId: request.user_id,
      data: {
        user_id: request.user_id,
        amount_minor: toMinorUnits(request.amount),
        currency: request.currency,
        card: request.card,
      },
    })),
  },
  steps: [
    {
      id: 'charge',
      kind: 'compensatable',
      participant: 'payment',
      action: 'charge',
      fields: ['amount_minor', 'currency', 'card'],
      compensation: { participant: 'payment', action: 'refund', fields: ['amount_minor', 'currency', 'card'] },
    },
    {
      id: 'top-up',
      kind: 'pivot',
      participant: 'wallet',
      action: 'top-up',
      fields: ['user_id', 'amount_minor', 'currency'],
    },
    {
      id: 'notify',
      kind: 'retriable',
      participant: 'notification',
      action: 'send-confirmation',
      fields: ['user_id', 'amount_minor', 'currency'],
    },
  ],
  closing: [
    {
      step: 'notify',
      participant: 'notification',
      action: 'send-cancellation',
      fields: ['user_id', 'amount_minor', 'currency'],
    },
  ],
};
