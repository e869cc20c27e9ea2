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

/** How long a primary that steps down stays out of elections, and how long it waits for a successor that has caught up. */
const STEP_DOWN_S = 10;
const CATCH_UP_S = 5;

/** Makes the primary on this port hand over its role; rejects when it is not the primary, or nobody can take over. */
export async function stepDown(port: number, signal: AbortSignal): Promise<void> {
  await withMongodbMember(port, signal, (admin) =>
    admin.command({ replSetStepDown: STEP_DOWN_S, secondaryCatchUpPeriodSecs: CATCH_UP_S }),
  );
}
