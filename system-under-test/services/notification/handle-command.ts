import { z } from 'zod';
import { notificationDataSchema } from '#sut/contract/command-data.ts';
import type { Command } from '#sut/contract/messages.ts';
import { UnreadableMessageError } from '#sut/platform/kafka/subscription.ts';
import type { MongoTx } from '#sut/platform/mongo/mongo-store.ts';
import { originOf } from '#sut/platform/saga/command-origin.ts';
import type { IncomingMessage, UnitOfWork } from '#sut/platform/store.ts';
import { decideSend } from './decide-notification.ts';
import { type NotificationKind, notificationIdOf } from './notification.ts';
import { readNotification, saveNotification } from './notification-documents.ts';
import { preferredChannelOf } from './preferences.ts';

const KIND_OF_ACTION: Readonly<Record<string, NotificationKind>> = {
  'send-confirmation': 'confirmation',
  'send-cancellation': 'cancellation',
};

/**
 * Writes down that a customer must be told, and answers at once when that has ended already. The provider is never
 * called from here: a mail that went out before its record is sent again after a crash.
 */
export const handleNotificationCommand =
  (wakeDelivery: () => void) =>
  async (unit: UnitOfWork<MongoTx>, command: Command, message: IncomingMessage): Promise<string> => {
    const kind = KIND_OF_ACTION[command.action];
    if (kind === undefined) {
      throw new UnreadableMessageError(`notification has no action "${command.action}" (message ${message.id})`);
    }
    const data = notificationDataSchema.safeParse(command.data);
    if (!data.success) {
      throw new UnreadableMessageError(`notification.${command.action} ${message.id}: ${z.prettifyError(data.error)}`);
    }
    const current = await readNotification(unit.tx, notificationIdOf(command.saga_id, kind));
    const preferred = await preferredChannelOf(unit.tx, data.data.user_id);
    const origin = originOf(command, message);
    const { notification, messages } = decideSend(current, kind, origin, data.data, preferred);
    if (notification !== current) {
      await saveNotification(unit.tx, current, notification);
      unit.afterCommit(wakeDelivery);
    }
    for (const outgoing of messages) await unit.publish(outgoing);
    return notification === current ? 'answered-again' : 'applied';
  };
