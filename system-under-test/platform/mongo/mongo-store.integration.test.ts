import { expect, it } from 'vitest';
import { StoreUnavailableError } from '../store-errors.ts';
import { Deadline, DeadlinePassedError, withDeadline } from '../time/deadline.ts';
import { MongoStore } from './mongo-store.ts';

/** Of a server that is not there: nothing listens on the port. */
const storeWithoutServer = () =>
  new MongoStore({ url: 'mongodb://127.0.0.1:9', database: 'test', service: 'test', schema: async () => {} });

it('says that the database is away to who reads', async () => {
  await using store = storeWithoutServer();
  const read = store.read((db) => db.collection('any').findOne());
  await expect(read).rejects.toThrow(StoreUnavailableError);
});

it('hands on what is wrong with the reading itself', async () => {
  await using store = storeWithoutServer();
  const error = new TypeError('bad query');
  await expect(store.read(() => Promise.reject(error))).rejects.toBe(error);
});

it('reads nothing for a request that has no time left', async () => {
  await using store = storeWithoutServer();
  const read = withDeadline(new Deadline(0), () => store.read(() => Promise.resolve('read')));
  await expect(read).rejects.toThrow(DeadlinePassedError);
});
