import { type Db, MongoServerError } from 'mongodb';

const NAMESPACE_EXISTS = 48;

/**
 * Creates the collections that do not exist; idempotent, safe to run twice at once. They are made up front, because one that is
 * first made inside a transaction conflicts with every other transaction that does the same.
 */
export async function createCollections(db: Db, names: readonly string[]): Promise<void> {
  for (const name of names) {
    try {
      await db.createCollection(name);
    } catch (error) {
      if (!(error instanceof MongoServerError && error.code === NAMESPACE_EXISTS)) throw error;
    }
  }
}
