import type { MongoTx } from '#sut/platform/mongo/mongo-store.ts';
import { type Hold, type HoldStatus, reservationId } from '../domain/hold.ts';
import { type HoldDocument, holdsOf, reservationsOf } from './inventory-collections.ts';

export async function findHold(tx: MongoTx, id: string): Promise<Hold | undefined> {
  const document = await holdsOf(tx.db).findOne({ _id: id }, { session: tx.session });
  return document === null ? undefined : toHold(document);
}

const toHold = (document: HoldDocument): Hold => ({
  id: document._id,
  orderId: document.order_id,
  sagaId: document.saga_id ?? undefined,
  status: document.status,
  lines: document.lines,
  expiresAtMs: document.expires_at.getTime(),
  refusal: document.refusal ?? undefined,
});

/** Writes a new hold, and its reservations when it holds something. */
export async function insertHold(tx: MongoTx, hold: Hold, now: Date): Promise<void> {
  const shared = {
    order_id: hold.orderId,
    saga_id: hold.sagaId ?? null,
    status: hold.status,
    expires_at: new Date(hold.expiresAtMs),
    created_at: now,
  };
  await holdsOf(tx.db).insertOne(
    { _id: hold.id, ...shared, lines: hold.lines, refusal: hold.refusal ?? null, updated_at: now },
    { session: tx.session },
  );
  if (hold.status !== 'RESERVED') return;
  await reservationsOf(tx.db).insertMany(
    hold.lines.map(({ productId, quantity }) => ({
      _id: reservationId(hold, productId),
      product_id: productId,
      quantity,
      ...shared,
    })),
    { session: tx.session },
  );
}

/** Ends a hold that is RESERVED, with all its reservations. Throws when it is not RESERVED any more. */
export async function endHold(tx: MongoTx, hold: Hold, to: HoldStatus, now: Date): Promise<void> {
  const { matchedCount } = await holdsOf(tx.db).updateOne(
    { _id: hold.id, status: 'RESERVED' },
    { $set: { status: to, updated_at: now } },
    { session: tx.session },
  );
  if (matchedCount === 0) throw new Error(`hold ${hold.id} is not RESERVED any more`);
  await reservationsOf(tx.db).updateMany(
    { _id: { $in: hold.lines.map((line) => reservationId(hold, line.productId)) }, status: 'RESERVED' },
    { $set: { status: to } },
    { session: tx.session },
  );
}
