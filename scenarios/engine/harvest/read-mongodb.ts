import { z } from 'zod';
import type {
  InboxRow,
  NotificationRow,
  OutboxRow,
  ProductRow,
  ReservationRow,
  WalletEntryRow,
  WalletRow,
} from '#invariants/model/harvest.ts';
import type { PlannedProduct } from '../../model/plan.ts';
import { harvestSchema } from '../bundle/harvest-schema.ts';
import type { MongodbService, Stores } from '../stores/stores.ts';
import { parseOutbox } from './read-postgres.ts';

const rows = harvestSchema.shape;

async function all(stores: Stores, service: MongodbService, collection: string): Promise<readonly unknown[]> {
  const documents = await stores.documents(service);
  return documents.collection(collection).find().sort({ _id: 1 }).toArray();
}

/** `planned` tells what a product began with: the store itself does not remember it. */
export async function readProducts(stores: Stores, planned: readonly PlannedProduct[]): Promise<readonly ProductRow[]> {
  const initial = new Map(planned.map(({ id, stock }) => [id, stock]));
  const document = z
    .object({
      product_id: z.string(),
      available_stock: z.number(),
      reserved_stock: z.number(),
      total_stock: z.number(),
    })
    .transform((one) => ({
      id: one.product_id,
      initial: initial.get(one.product_id) ?? 0,
      available: one.available_stock,
      reserved: one.reserved_stock,
      total: one.total_stock,
    }));
  return z.array(document).parse(await all(stores, 'inventory', 'products'));
}

export async function readReservations(stores: Stores): Promise<readonly ReservationRow[]> {
  const document = z
    .object({ _id: z.string(), product_id: z.string(), order_id: z.string(), quantity: z.number(), status: z.string() })
    .transform((one) => ({
      id: one._id,
      productId: one.product_id,
      orderId: one.order_id,
      quantity: one.quantity,
      status: one.status,
    }))
    .pipe(rows.reservations.element);
  return z.array(document).parse(await all(stores, 'inventory', 'reservations'));
}

export async function readNotifications(stores: Stores): Promise<readonly NotificationRow[]> {
  const document = z
    .object({ _id: z.string(), order_id: z.string(), kind: z.string(), status: z.string() })
    .transform((one) => ({ id: one._id, orderId: one.order_id, kind: one.kind, status: one.status }))
    .pipe(rows.notifications.element);
  return z.array(document).parse(await all(stores, 'notification', 'notifications'));
}

export async function readWallets(stores: Stores): Promise<readonly WalletRow[]> {
  const document = z
    .object({ _id: z.string(), points: z.number(), balance_minor: z.number() })
    .transform((one) => ({ userId: one._id, points: one.points, balanceMinor: one.balance_minor }));
  return z.array(document).parse(await all(stores, 'wallet', 'wallets'));
}

export async function readWalletEntries(stores: Stores): Promise<readonly WalletEntryRow[]> {
  const document = z
    .object({
      _id: z.string(),
      user_id: z.string(),
      saga_id: z.string().nullish(),
      order_id: z.string().nullish(),
      kind: z.string(),
      points: z.number(),
      balance_minor: z.number(),
    })
    .transform((one) => ({
      id: one._id,
      userId: one.user_id,
      sagaId: one.saga_id ?? '',
      orderId: one.order_id ?? '',
      kind: one.kind,
      points: one.points,
      balanceMinor: one.balance_minor,
    }))
    .pipe(rows.walletEntries.element);
  return z.array(document).parse(await all(stores, 'wallet', 'entries'));
}

export async function readMongodbOutbox(stores: Stores, service: MongodbService): Promise<readonly OutboxRow[]> {
  const document = z
    .object({
      _id: z.string(),
      topic: z.string(),
      aggregate_id: z.string(),
      event_type: z.string(),
      version: z.number(),
      headers: z.record(z.string(), z.unknown()),
      processed_at: z.unknown(),
    })
    .transform((one) => ({
      id: one._id,
      topic: one.topic,
      aggregateId: one.aggregate_id,
      type: one.event_type,
      version: one.version,
      headers: one.headers,
      processed: one.processed_at !== null && one.processed_at !== undefined,
    }));
  return parseOutbox(service, z.array(document).parse(await all(stores, service, 'outbox_events')));
}

export async function readMongodbInbox(stores: Stores, service: MongodbService): Promise<readonly InboxRow[]> {
  const document = z
    .object({ _id: z.string(), topic: z.string(), outcome: z.string() })
    .transform((one) => ({ service, messageId: one._id, topic: one.topic, outcome: one.outcome }));
  return z.array(document).parse(await all(stores, service, 'inbox'));
}
