import { describe, expect, it } from 'vitest';
import type { DeliveryEntry, NotificationRow } from '../model/harvest.ts';
import { describeInvariant, remove, verdictOf } from '../testing/conformance.ts';
import { harvestOf } from '../testing/empty-harvest.ts';
import { HistoryBuilder } from '../testing/history-builder.ts';
import { messagesOnce } from './messages-once.ts';

const notification = (given: Partial<NotificationRow> = {}): NotificationRow => ({
  id: 'n1',
  orderId: 'o1',
  kind: 'confirmation',
  status: 'SENT',
  ...given,
});

const delivery = (given: Partial<DeliveryEntry> = {}): DeliveryEntry => ({
  seq: 1,
  notificationId: 'n1',
  orderId: 'o1',
  kind: 'confirmation',
  ...given,
});

const judge = (notifications: readonly NotificationRow[], deliveries: readonly DeliveryEntry[]) =>
  verdictOf(messagesOnce, new HistoryBuilder().build(), harvestOf({ notifications, deliveries }));

describe('messages-once', () => {
  it.each([
    ['one delivery', [notification()], [delivery()]],
    ['a delivery whose record is still open', [notification({ status: 'PENDING' })], [delivery()]],
  ])('holds for %s', (_name, notifications, deliveries) => {
    expect(judge(notifications, deliveries).outcome).toBe('holds');
  });

  it.each([
    ['a second delivery', [notification()], [delivery(), delivery({ seq: 2 })], 'delivered again (ledger line 2)'],
    ['a lost delivery', [notification()], [], 'the provider never delivered it'],
    ['a customer who was given up', [notification({ status: 'FAILED' })], [], 'is FAILED, but the provider never'],
    ['a delivery nobody recorded', [], [delivery()], 'does not know it'],
    [
      'the same message under a second id',
      [notification(), notification({ id: 'n2' })],
      [delivery(), delivery({ seq: 2, notificationId: 'n2' })],
      'a second confirmation to the same customer',
    ],
    ["another order's message", [notification()], [delivery({ orderId: 'o2' })], 'belongs to order o1'],
    ['another kind', [notification()], [delivery({ kind: 'cancellation' })], 'delivered as cancellation'],
    ['a delivery recorded as failed', [notification({ status: 'FAILED' })], [delivery()], 'recorded as FAILED'],
  ])('is violated by %s', (_name, notifications, deliveries, message) => {
    const verdict = judge(notifications, deliveries);
    expect(verdict.outcome).toBe('violated');
    expect(verdict.violations[0]?.message).toContain(message);
    expect(verdict.violations[0]?.hop).toBe('notification -> message provider');
  });

  it('is unknown when nothing was sent', () => {
    expect(judge([notification({ status: 'PENDING' })], []).outcome).toBe('unknown');
  });
});

describeInvariant(messagesOnce, ['notifications', 'deliveries'], {
  'a delivery stands twice': ({ harvest }, pick) => {
    harvest.deliveries.push({ ...pick(harvest.deliveries), seq: 1_000 });
  },
  'a delivery is lost': ({ harvest }, pick) => remove(harvest.deliveries, pick(harvest.deliveries)),
  'a notification is lost': ({ harvest }, pick) => remove(harvest.notifications, pick(harvest.notifications)),
  'a second notification for the same': ({ harvest }, pick) => {
    const twin = { ...pick(harvest.notifications), id: 'twin' };
    harvest.notifications.push(twin);
    harvest.deliveries.push({ seq: 1_000, notificationId: twin.id, orderId: twin.orderId, kind: twin.kind });
  },
});
