import { type Db, MongoServerError } from 'mongodb';
import { expect, it } from 'vitest';
import { createCollections } from './create-collections.ts';

/** A database that refuses to create what it is told to refuse. */
function databaseThat(refuses: Readonly<Record<string, number>>): { readonly db: Db; readonly created: string[] } {
  const created: string[] = [];
  const createCollection = async (name: string): Promise<void> => {
    const code = refuses[name];
    if (code !== undefined) throw new MongoServerError({ message: `${name}: ${code}`, code });
    created.push(name);
  };
  return { db: { createCollection } as unknown as Db, created };
}

it('creates what is missing and leaves what exists', async () => {
  const { db, created } = databaseThat({ b: 48 });
  await createCollections(db, ['a', 'b', 'c']);
  expect(created).toEqual(['a', 'c']);
});

it('says so when one cannot be created', async () => {
  await expect(createCollections(databaseThat({ a: 13 }).db, ['a'])).rejects.toThrow('a: 13');
});
