import { type Db, MongoClient } from 'mongodb';

/** Runs `use` with the admin database of this very member, primary or not. Every wait is bounded to seconds. */
export async function withMongodbMember<R>(
  port: number,
  signal: AbortSignal,
  use: (admin: Db) => Promise<R>,
): Promise<R> {
  signal.throwIfAborted();
  const timeouts = { serverSelectionTimeoutMS: 500, connectTimeoutMS: 1_000, socketTimeoutMS: 2_500 };
  const client = new MongoClient(`mongodb://127.0.0.1:${port}/?directConnection=true`, { ...timeouts, maxPoolSize: 1 });
  try {
    return await use(client.db('admin'));
  } finally {
    await client.close();
  }
}
