import type { ClientSession, Db } from 'mongodb';

/** A MongoDB transaction: every operation in it must pass `{ session }`, or it happens outside. */
export interface MongoTx {
  readonly session: ClientSession;
  readonly db: Db;
}
