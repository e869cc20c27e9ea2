import type { Channel, NotificationData } from '#sut/contract/command-data.ts';
import { eventsTopic } from '#sut/contract/topics.ts';
import { type CommandOrigin, causedBy, newerOrigin } from '#sut/platform/saga/command-origin.ts';
import { replyTo } from '#sut/platform/saga/reply-to.ts';
import type { OutgoingMessage } from '#sut/platform/store.ts';
import { type Notification, type NotificationKind, notificationIdOf } from './notification.ts';

/** What the provider said for certain. Silence and server errors are no input: they leave the notification as it is. */
export type DeliveryResult = { readonly kind: 'delivered' } | { readonly kind: 'refused'; readonly reason: string };

/** The notification as it must be stored, and what must be published in the same transaction. */
export interface NotificationDecision {
  readonly notification: Notification;
  readonly messages: readonly OutgoingMessage[];
}

/** The saga wants the customer to be told: through the channel that it names, else the one that they prefer, else by e-mail. */
export function decideSend(
  notification: Notification | undefined,
  kind: NotificationKind,
  origin: CommandOrigin,
  data: NotificationData,
  preferred: Channel | undefined,
): NotificationDecision {
  if (notification === undefined) {
    return { notification: newNotification(kind, origin, data, data.channel ?? preferred ?? 'email'), messages: [] };
  }
  if (notification.status === 'PENDING') {
    return { notification: { ...notification, awaiting: newerOrigin(notification.awaiting, origin) }, messages: [] };
  }
  return { notification, messages: [reply(notification, origin)] };
}

/**
 * The provider answered. A message that can never be delivered must not hold the order up, so both answers are `done`
 * to the saga, and `data.delivered` says which it was.
 */
export function decideDelivery(notification: Notification, result: DeliveryResult): NotificationDecision {
  const { awaiting, status } = notification;
  if (status !== 'PENDING' || awaiting === undefined) return { notification, messages: [] };
  const settled: Notification =
    result.kind === 'delivered'
      ? { ...notification, status: 'SENT', awaiting: undefined }
      : { ...notification, status: 'FAILED', reason: result.reason, awaiting: undefined };
  return { notification: settled, messages: [reply(settled, awaiting), fact(settled, awaiting)] };
}

function newNotification(
  kind: NotificationKind,
  origin: CommandOrigin,
  data: NotificationData,
  channel: Channel,
): Notification {
  const { saga_id, order_id } = origin.command;
  return {
    id: notificationIdOf(saga_id, kind),
    sagaId: saga_id,
    orderId: order_id,
    userId: data.user_id,
    kind,
    channel,
    status: 'PENDING',
    awaiting: origin,
  };
}

function reply(notification: Notification, origin: CommandOrigin): OutgoingMessage {
  const data = { notification_id: notification.id, delivered: notification.status === 'SENT' };
  return replyTo(origin.command, { outcome: 'done', data }, causedBy(origin));
}

function fact(notification: Notification, origin: CommandOrigin): OutgoingMessage {
  return {
    topic: eventsTopic('notification'),
    aggregateId: notification.id,
    type: notification.status === 'SENT' ? 'notification.sent' : 'notification.failed',
    payload: {
      notification_id: notification.id,
      saga_id: notification.sagaId,
      order_id: notification.orderId,
      user_id: notification.userId,
      kind: notification.kind,
      channel: notification.channel,
      ...(notification.reason === undefined ? {} : { reason: notification.reason }),
    },
    sagaId: notification.sagaId,
    orderId: notification.orderId,
    ...causedBy(origin),
  };
}
