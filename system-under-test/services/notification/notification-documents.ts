import type { Collection, Db } from 'mongodb';
import type { MongoTx } from '#sut/platform/mongo/mongo-store.ts';
import type { CommandOrigin } from '#sut/platform/saga/command-origin.ts';
import type { Notification } from './notification.ts';

/** A document of `notifications`. `claimed_*` say which instance asks the provider for it at the moment. */
export interface NotificationDocument {
  readonly _id: string;
  readonly saga_id: string;
  readonly order_id: string;
  readonly user_id: string;
  readonly kind: Notification['kind'];
  readonly channel: Notification['channel'];
  readonly status: Notification['status'];
  readonly reason: string | null;
  readonly awaiting: CommandOrigin | null;
  readonly claimed_by: string | null;
  readonly claimed_until: Date | null;
  readonly created_at: Date;
  readonly updated_at: Date;
}

export const notificationsOf = (db: Db): Collection<NotificationDocument> => db.collection('notifications');

/** Collection and indexes of the service; idempotent. */
export async function createNotificationSchema(db: Db): Promise<void> {
  await notificationsOf(db).createIndexes([
    { key: { order_id: 1 }, name: 'by_order' },
    { key: { updated_at: 1 }, name: 'unsettled', partialFilterExpression: { status: 'PENDING' } },
  ]);
}

export function toNotification(document: NotificationDocument): Notification {
  return {
    id: document._id,
    sagaId: document.saga_id,
    orderId: document.order_id,
    userId: document.user_id,
    kind: document.kind,
    channel: document.channel,
    status: document.status,
    reason: document.reason ?? undefined,
    awaiting: document.awaiting ?? undefined,
  };
}

export async function readNotification({ db, session }: MongoTx, id: string): Promise<Notification | undefined> {
  const document = await notificationsOf(db).findOne({ _id: id }, { session });
  return document === null ? undefined : toNotification(document);
}

/**
 * Stores `next` over `current`, conditional on the status that the decision was made on. Two transactions that do so
 * at once conflict, and MongoDB lets one of them start again. Throws when somebody else changed it in between.
 */
export async function saveNotification(
  { db, session }: MongoTx,
  current: Notification | undefined,
  next: Notification,
): Promise<void> {
  const now = new Date();
  const changing = {
    status: next.status,
    reason: next.reason ?? null,
    awaiting: next.awaiting ?? null,
    claimed_by: null,
    claimed_until: null,
    updated_at: now,
  };
  if (current === undefined) {
    const fixed = { _id: next.id, saga_id: next.sagaId, order_id: next.orderId, user_id: next.userId };
    const { kind, channel } = next;
    await notificationsOf(db).insertOne({ ...fixed, kind, channel, ...changing, created_at: now }, { session });
    return;
  }
  const filter = { _id: next.id, status: current.status };
  const { matchedCount } = await notificationsOf(db).updateOne(filter, { $set: changing }, { session });
  if (matchedCount !== 1) throw new Error(`notification ${next.id} was changed in between`);
}
