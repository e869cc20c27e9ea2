import type { Collection, Db } from 'mongodb';
import { createCollections } from '#sut/platform/mongo/create-collections.ts';
import type { HoldStatus, Line, Refusal } from '../domain/hold.ts';

export interface ProductDocument {
  readonly _id: string;
  readonly product_id: string;
  readonly available_stock: number;
  readonly reserved_stock: number;
  /** Units still owned: available + reserved. */
  readonly total_stock: number;
  readonly location: string;
  readonly last_updated: Date;
  readonly version: number;
}

export interface ReservationDocument {
  readonly _id: string;
  readonly product_id: string;
  readonly order_id: string;
  readonly saga_id: string | null;
  readonly quantity: number;
  readonly status: HoldStatus;
  readonly expires_at: Date;
  readonly created_at: Date;
}

/** What joins the reservations of one saga: the document that every change of them is conditional on. */
export interface HoldDocument {
  readonly _id: string;
  readonly order_id: string;
  readonly saga_id: string | null;
  readonly status: HoldStatus;
  readonly lines: readonly Line[];
  readonly expires_at: Date;
  readonly refusal: Refusal | null;
  readonly created_at: Date;
  readonly updated_at: Date;
}

export const productsOf = (db: Db): Collection<ProductDocument> => db.collection('products');
export const reservationsOf = (db: Db): Collection<ReservationDocument> => db.collection('reservations');
export const holdsOf = (db: Db): Collection<HoldDocument> => db.collection('holds');

/** Creates collections and indexes; idempotent. */
export async function createInventorySchema(db: Db): Promise<void> {
  await createCollections(db, ['products', 'reservations', 'holds']);
  await holdsOf(db).createIndex({ status: 1, expires_at: 1 });
  await reservationsOf(db).createIndex({ order_id: 1 });
}
