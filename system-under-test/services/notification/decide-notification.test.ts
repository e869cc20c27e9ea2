import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CommandOrigin } from '#sut/platform/saga/command-origin.ts';
import type { OutgoingMessage } from '#sut/platform/store.ts';
import { type DeliveryResult, decideDelivery, decideSend } from './decide-notification.ts';
import { type Notification, textOf } from './notification.ts';

const DATA = { user_id: 'u-1', channel: 'email' as const };

function origin(attempt = 1): CommandOrigin {
  const command = {
    saga_id: 's-1',
    order_id: 'o-1',
    step: 'notification',
    participant: 'notification' as const,
    action: 'send-confirmation',
    attempt,
  };
  return { command, messageId: `m-${attempt}`, traceparent: '00-trace' };
}

const send = (notification: Notification | undefined, attempt = 1) =>
  decideSend(notification, 'confirmation', origin(attempt), DATA, undefined);
const pending = send(undefined).notification;
const sent = decideDelivery(pending, { kind: 'delivered' });
const failed = decideDelivery(pending, { kind: 'refused', reason: '422' });

describe('a notification', () => {
  it('is only written down at first: the provider has not been asked', () => {
    expect(send(undefined).messages).toEqual([]);
    expect(pending).toMatchObject({ id: 'ntf-s-1-confirmation', status: 'PENDING', userId: 'u-1', channel: 'email' });
  });

  it.each([
    ['sms', 'push', 'sms'],
    [undefined, 'push', 'push'],
    [undefined, undefined, 'email'],
  ] as const)(
    'goes by what the saga names (%s), else what the customer prefers (%s): %s',
    (named, preferred, channel) => {
      const data = { user_id: 'u-1', ...(named === undefined ? {} : { channel: named }) };
      const { notification } = decideSend(undefined, 'confirmation', origin(), data, preferred);
      expect(notification.channel).toBe(channel);
      expect(decideSend(notification, 'confirmation', origin(2), { user_id: 'u-1' }, 'sms').notification.channel).toBe(
        channel,
      );
    },
  );

  it('is sent: fact and reply, with their cause and trace', () => {
    expect(sent.notification).toMatchObject({ status: 'SENT', awaiting: undefined });
    expect(sent.messages.map(({ topic, aggregateId, type }) => [topic, aggregateId, type])).toEqual([
      ['notification.replies', 's-1', 'notification.send-confirmation.done'],
      ['notification.events', 'ntf-s-1-confirmation', 'notification.sent'],
    ]);
    for (const message of sent.messages) expect(message).toMatchObject({ causeId: 'm-1', traceparent: '00-trace' });
    expect(sent.messages[0]?.payload.data).toMatchObject({ delivered: true });
  });

  it('that can never be delivered does not hold the order up', () => {
    expect(failed.notification).toMatchObject({ status: 'FAILED', reason: '422' });
    expect(failed.messages.map(({ type }) => type)).toEqual([
      'notification.send-confirmation.done',
      'notification.failed',
    ]);
    expect(failed.messages[0]?.payload).toMatchObject({ outcome: 'done', data: { delivered: false } });
  });

  it.each([
    ['sent', sent.notification, true],
    ['refused', failed.notification, false],
  ])('that was %s answers a retried command the same again', (_, notification, delivered) => {
    const again = send(notification, 2);
    expect(again.notification).toBe(notification);
    expect(again.messages).toHaveLength(1);
    expect(again.messages[0]?.payload).toMatchObject({ attempt: 2, outcome: 'done', data: { delivered } });
  });

  it('names its order to the customer, and what became of it', () => {
    expect(textOf(pending)).toMatch(/o-1 is confirmed/);
    expect(textOf({ ...pending, kind: 'cancellation' })).toMatch(/order o-1 was cancelled/);
    expect(textOf({ ...pending, orderId: 'payment-1' })).toMatch(/Your payment payment-1 is confirmed/);
  });

  it('becomes a fact once and answers its newest attempt, whatever is repeated', () => {
    const step = fc.oneof(
      fc.integer({ min: 1, max: 5 }),
      fc.constantFrom<DeliveryResult>({ kind: 'delivered' }, { kind: 'refused', reason: '422' }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        let notification: Notification | undefined;
        let newestAttempt = 0;
        const published: OutgoingMessage[] = [];
        for (const next of steps) {
          if (typeof next !== 'number' && notification === undefined) continue;
          if (typeof next === 'number') newestAttempt = Math.max(newestAttempt, next);
          const decision =
            typeof next === 'number' ? send(notification, next) : decideDelivery(notification ?? pending, next);
          const isSettling = notification?.status === 'PENDING' && decision.notification.status !== 'PENDING';
          if (isSettling) expect(decision.messages[0]?.payload.attempt).toBe(newestAttempt);
          notification = decision.notification;
          published.push(...decision.messages);
        }
        const facts = published.filter(({ topic }) => topic === 'notification.events');
        expect(facts).toHaveLength(notification === undefined || notification.status === 'PENDING' ? 0 : 1);
      }),
    );
  });
});
