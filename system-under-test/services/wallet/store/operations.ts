import type { MongoTx } from '#sut/platform/mongo/mongo-store.ts';
import { type Operation, operationIdOf } from '../domain/operation.ts';
import { operationsOf } from './wallet-collections.ts';
import { insertOnce } from './wallets.ts';

export async function readOperation({ db, session }: MongoTx, id: string): Promise<Operation | undefined> {
  const document = await operationsOf(db).findOne({ _id: id }, { session });
  if (document === null) return undefined;
  return {
    sagaId: document.saga_id,
    orderId: document.order_id,
    userId: document.user_id,
    kind: document.kind,
    points: document.points,
    balanceMinor: document.balance_minor,
    status: document.status,
    refusal: document.refusal ?? undefined,
  };
}

/** Stores `next` over `current`, conditional on the status that the decision was made on. */
export async function saveOperation(
  { db, session }: MongoTx,
  { current, next, now }: { readonly current: Operation | undefined; readonly next: Operation; readonly now: Date },
): Promise<void> {
  const id = operationIdOf(next);
  if (current === undefined) {
    const document = {
      _id: id,
      saga_id: next.sagaId,
      order_id: next.orderId,
      user_id: next.userId,
      kind: next.kind,
      points: next.points,
      balance_minor: next.balanceMinor,
      status: next.status,
      refusal: next.refusal ?? null,
      created_at: now,
      updated_at: now,
    };
    return insertOnce(() => operationsOf(db).insertOne(document, { session }));
  }
  const { matchedCount } = await operationsOf(db).updateOne(
    { _id: id, status: current.status },
    { $set: { status: next.status, updated_at: now } },
    { session },
  );
  if (matchedCount === 0) throw new Error(`operation ${id} is not ${current.status} any more`);
}
