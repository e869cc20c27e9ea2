import { MongoClient } from 'mongodb';
import { expect, test } from 'vitest';
import { startServer } from '../testing/start-server.ts';
import { resetMongodbDatabases } from './provision-databases.ts';

test('a transaction commits on the one-member replica set, survives kill -9, and a reset forgets it', async () => {
  await using mongodb = await startServer('mongodb');
  const connect = async () => {
    const client = new MongoClient(mongodb.url, { serverSelectionTimeoutMS: 10_000 });
    return {
      products: client.db('inventory').collection('products'),
      client,
      [Symbol.asyncDispose]: () => client.close(),
    };
  };
  {
    await using before = await connect();
    await before.client.withSession((session) =>
      session.withTransaction(async () => {
        await before.products.insertOne({ sku: 'a' }, { session });
        await before.products.insertOne({ sku: 'b' }, { session });
      }),
    );
  }
  await mongodb.restart();
  await using after = await connect();
  expect(await after.products.countDocuments()).toBe(2);
  await resetMongodbDatabases(mongodb.port, AbortSignal.timeout(10_000));
  expect(await after.products.countDocuments()).toBe(0);
});
