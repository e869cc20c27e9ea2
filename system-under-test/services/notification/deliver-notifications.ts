import { MongoServerError } from 'mongodb';
import type { MongoStore } from '#sut/platform/mongo/mongo-store.ts';
import { traceCommand } from '#sut/platform/tracing/trace-command.ts';
import { type AnyWorker, durableWorker } from '#sut/platform/worker/durable-worker.ts';
import { type DeliveryResult, decideDelivery } from './decide-notification.ts';
import type { Notification } from './notification.ts';
import { notificationsOf, readNotification, saveNotification, toNotification } from './notification-documents.ts';
import { requestDelivery } from './provider-client.ts';

export const DELIVER_NOTIFICATIONS = 'deliver-notifications';

/** Must outlast one call with its commit; a dead instance's documents are taken over after it. */
const CLAIM_MS = 5_000;
const CLAIM_WITHIN_MS = 250;
/** Error code of MongoDB. */
const MAX_TIME_MS_EXPIRED = 50;

interface DeliverOptions {
  readonly store: MongoStore;
  readonly providerUrl: string;
  /** Name of this replica; it may take its own claims again, after a restart for example. */
  readonly instance: string;
}

/** Brings every pending notification to an end, however often that takes. */
export function deliverNotifications({ store, providerUrl, instance }: DeliverOptions): AnyWorker {
  return durableWorker<Notification>({
    name: DELIVER_NOTIFICATIONS,
    take: (limit, excludedIds) => claimPending(store, { limit, excludedIds, instance }),
    id: (notification) => notification.id,
    run: (notification, signal) =>
      traceCommand('deliver notification', notification.awaiting, async () => {
        await commitResult(store, notification.id, await requestDelivery(providerUrl, notification, signal));
      }),
  });
}

/**
 * Claims save calls and keep nothing safe: the provider's idempotency key does. So they need not survive a failover
 * (`w: 1`). Looking for candidates takes no lock, and each is claimed on its own within a bound: a notification that
 * the abandoned transaction of a killed process still locks must not hold up the others.
 */
async function claimPending(
  { db }: MongoStore,
  { limit, excludedIds, instance }: { limit: number; excludedIds: readonly string[]; instance: string },
): Promise<readonly Notification[]> {
  const notifications = notificationsOf(db);
  // `$$NOW` is the database's clock: instances whose clocks differ must agree on whose claim has ended.
  const claimable = {
    status: 'PENDING' as const,
    $or: [{ claimed_by: null }, { claimed_by: instance }, { $expr: { $lt: ['$claimed_until', '$$NOW'] } }],
  };
  const candidates = await notifications
    .find({ ...claimable, _id: { $nin: [...excludedIds] } }, { projection: { _id: 1 } })
    .sort({ updated_at: 1 })
    .limit(limit)
    .toArray();
  const claim = async (id: string) => {
    const document = await notifications
      .findOneAndUpdate(
        { ...claimable, _id: id },
        [{ $set: { claimed_by: instance, claimed_until: { $add: ['$$NOW', CLAIM_MS] } } }],
        { returnDocument: 'after', writeConcern: { w: 1 }, maxTimeMS: CLAIM_WITHIN_MS },
      )
      .catch(ignoreLocked);
    return document === null ? [] : [toNotification(document)];
  };
  const claimed = await Promise.all(candidates.map(({ _id }) => claim(_id)));
  return claimed.flat();
}

/** Somebody's open transaction has the document; it is looked at again with the next poll. */
function ignoreLocked(error: unknown): null {
  if (error instanceof MongoServerError && error.code === MAX_TIME_MS_EXPIRED) return null;
  throw error;
}

/** Status, event and reply commit together, and only while the notification is still pending. */
function commitResult(store: MongoStore, id: string, result: DeliveryResult): Promise<void> {
  return store.transaction(async (unit) => {
    const current = await readNotification(unit.tx, id);
    if (current === undefined) throw new Error(`notification ${id} is gone from its collection`);
    const { notification, messages } = decideDelivery(current, result);
    if (notification === current) return;
    await saveNotification(unit.tx, current, notification);
    for (const message of messages) await unit.publish(message);
  });
}
