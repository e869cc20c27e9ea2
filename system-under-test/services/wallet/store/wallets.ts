import { isDuplicateKey, TransactionConflict } from '#sut/platform/mongo/classify-error.ts';
import type { MongoTx } from '#sut/platform/mongo/mongo-store.ts';
import type { Entry, Wallet } from '../domain/wallet.ts';
import { type EntryDocument, entriesOf, type WalletDocument, walletsOf } from './wallet-collections.ts';

/** In the transaction's snapshot: a wallet that changes before it is saved makes the transaction start again. */
export async function readWallet({ db, session }: MongoTx, userId: string): Promise<Wallet | undefined> {
  const document = await walletsOf(db).findOne({ _id: userId }, { session });
  return document === null ? undefined : toWallet(document);
}

export const toWallet = ({ _id, points, balance_minor, frozen, version }: WalletDocument): Wallet => ({
  ...{ userId: _id, points, balanceMinor: balance_minor },
  isFrozen: frozen,
  version,
});

/** Stores the wallet over its predecessor, conditional on its version; the first is made. */
export async function saveWallet({ db, session }: MongoTx, next: Wallet): Promise<void> {
  const { userId, points, balanceMinor, isFrozen, version } = next;
  const fields = { points, balance_minor: balanceMinor, frozen: isFrozen, version };
  if (version === 1) return insertOnce(() => walletsOf(db).insertOne({ _id: userId, ...fields }, { session }));
  const { matchedCount } = await walletsOf(db).updateOne(
    { _id: userId, version: version - 1 },
    { $set: fields },
    { session },
  );
  if (matchedCount === 0) throw new Error(`wallet of ${userId} is not at version ${version - 1} any more`);
}

export async function readEntry({ db, session }: MongoTx, id: string): Promise<Entry | undefined> {
  const document = await entriesOf(db).findOne({ _id: id }, { session });
  return document === null ? undefined : toEntry(document);
}

/** Adds a line; there is no way to change one. */
export async function insertEntry({ db, session }: MongoTx, entry: Entry, now: Date): Promise<void> {
  await insertOnce(() => entriesOf(db).insertOne(toDocument(entry, now), { session }));
}

/** Somebody who inserted the same document first wins; seen from the next try, it is there. */
export async function insertOnce(insert: () => Promise<unknown>): Promise<void> {
  try {
    await insert();
  } catch (error) {
    throw isDuplicateKey(error) ? new TransactionConflict(error) : error;
  }
}

const toDocument = (entry: Entry, now: Date): EntryDocument => ({
  _id: entry.id,
  user_id: entry.userId,
  version: entry.version,
  saga_id: entry.saga?.sagaId ?? null,
  order_id: entry.saga?.orderId ?? null,
  kind: entry.kind,
  points: entry.points,
  balance_minor: entry.balanceMinor,
  reason: entry.reason ?? null,
  created_at: now,
});

const toEntry = (document: EntryDocument): Entry => ({
  id: document._id,
  userId: document.user_id,
  version: document.version,
  kind: document.kind,
  points: document.points,
  balanceMinor: document.balance_minor,
  ...(document.saga_id === null ? {} : { saga: { sagaId: document.saga_id, orderId: document.order_id ?? '' } }),
  ...(document.reason === null ? {} : { reason: document.reason }),
});
