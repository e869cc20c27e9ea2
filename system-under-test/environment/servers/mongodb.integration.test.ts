import { MongoClient } from 'mongodb';
import { expect, test } from 'vitest';
import { startCluster, startServer } from '../testing/start-server.ts';
import { entryAddress } from './entry-address.ts';
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

test('of three members another becomes primary when the first is killed, and no majority write is lost', async () => {
  await using cluster = await startCluster('mongodb', 3);
  const { members } = cluster;
  const url = entryAddress(
    'mongodb',
    members.map(({ port }) => port),
    'inventory',
  );
  await using client = new MongoClient(url, { serverSelectionTimeoutMS: 15_000, writeConcern: { w: 'majority' } });
  const products = client.db().collection('products');
  await products.insertOne({ sku: 'before' });
  const primary = async () => (await client.db('admin').command({ hello: 1 })).primary;
  const before = await primary();
  const victim = members.find(({ port }) => before === `127.0.0.1:${port}`);
  await victim?.kill();
  await expect
    .poll(
      () =>
        products.insertOne({ sku: 'after' }).then(
          () => true,
          () => false,
        ),
      { timeout: 20_000 },
    )
    .toBe(true);
  expect(await primary()).not.toBe(before);
  await victim?.restart();
  expect(await products.countDocuments({ sku: 'before' }, { readConcern: { level: 'majority' } })).toBe(1);
});
