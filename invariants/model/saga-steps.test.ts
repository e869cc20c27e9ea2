import { describe, expect, it } from 'vitest';
import { SUCCESSORS } from './saga-steps.ts';

const following = (saga: string, type: string): readonly string[] => [...(SUCCESSORS.get(saga)?.get(type) ?? [])];

describe('what may follow what in a saga', () => {
  it.each([
    ['order.created', ['user.hold-limit']],
    ['inventory.reserve.done', ['wallet.redeem-points', 'payment.charge']],
    ['payment.charge.done', ['inventory.confirm']],
    ['notification.send-confirmation.done', []],
    ['user.hold-limit.rejected', ['order.cancel']],
    ['payment.charge.rejected', ['wallet.give-back-points', 'inventory.cancel']],
    ['inventory.confirm.rejected', ['payment.refund']],
    ['inventory.cancel.done', ['user.release-limit']],
    ['user.release-limit.done', ['order.cancel']],
    ['order.cancel.done', ['notification.send-cancellation']],
    ['order.cancel-requested', ['user.release-limit', 'inventory.cancel', 'wallet.give-back-points', 'payment.refund']],
  ])('order: %s', (type, expected) => {
    expect(following('order', type)).toEqual(expected);
  });

  it.each([
    ['payment.charge.done', ['wallet.top-up']],
    ['payment.charge.rejected', ['notification.send-cancellation']],
    ['wallet.top-up.rejected', ['payment.refund']],
    ['wallet.top-up.done', ['notification.send-confirmation']],
    ['order.created', []],
  ])('payment: %s', (type, expected) => {
    expect(following('payment', type)).toEqual(expected);
  });
});
