import type { Collection, Db, Document } from 'mongodb';
import { createCollections } from '#sut/platform/mongo/create-collections.ts';
import type { OperationKind, OperationStatus, Refusal } from '../domain/operation.ts';
import type { EntryKind } from '../domain/wallet.ts';

export interface WalletDocument {
  /** The user's id. */
  readonly _id: string;
  readonly points: number;
  readonly balance_minor: number;
  readonly frozen: boolean;
  readonly version: number;
}

export interface EntryDocument {
  readonly _id: string;
  readonly user_id: string;
  /** Of the wallet after the entry. */
  readonly version: number;
  readonly saga_id: string | null;
  readonly order_id: string | null;
  readonly kind: EntryKind;
  readonly points: number;
  readonly balance_minor: number;
  readonly reason: string | null;
  readonly created_at: Date;
}

export interface OperationDocument {
  readonly _id: string;
  readonly saga_id: string;
  readonly order_id: string;
  readonly user_id: string;
  readonly kind: OperationKind;
  readonly points: number;
  readonly balance_minor: number;
  readonly status: OperationStatus;
  readonly refusal: Refusal | null;
  readonly created_at: Date;
  readonly updated_at: Date;
}

export const walletsOf = (db: Db): Collection<WalletDocument> => db.collection('wallets');
export const entriesOf = (db: Db): Collection<EntryDocument> => db.collection('entries');
export const operationsOf = (db: Db): Collection<OperationDocument> => db.collection('operations');

const notNegative = { bsonType: ['int', 'long', 'double'], minimum: 0 };
/** A second lock on the door: whatever the code decides, no wallet is overdrawn. */
const WALLET_RULES: Document = {
  $jsonSchema: {
    required: ['points', 'balance_minor', 'frozen', 'version'],
    properties: { points: notNegative, balance_minor: notNegative },
  },
};

/** Creates collections, rules and indexes; idempotent. */
export async function createWalletSchema(db: Db): Promise<void> {
  await createCollections(db, ['wallets', 'entries', 'operations']);
  await db.command({ collMod: 'wallets', validator: WALLET_RULES });
  // Two entries can never be made of one state of a wallet.
  await entriesOf(db).createIndex({ user_id: 1, version: 1 }, { unique: true });
}
