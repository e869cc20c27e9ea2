import type { Collection, Db } from 'mongodb';
import type { Channel } from '#sut/contract/command-data.ts';
import type { UserUpdated } from '#sut/contract/messages.ts';
import { createCollections } from '#sut/platform/mongo/create-collections.ts';
import type { MongoTx } from '#sut/platform/mongo/mongo-store.ts';
import type { IncomingMessage, UnitOfWork } from '#sut/platform/store.ts';

/** How a customer wants to be told, as of a version of their profile; our copy of what the user service decides. */
interface PreferenceDocument {
  /** The user. */
  readonly _id: string;
  readonly preferred_channel: Channel;
  readonly version: number;
}

const preferencesOf = (db: Db): Collection<PreferenceDocument> => db.collection('preferences');

/** The collection of preferences; idempotent. */
export const createPreferences = (db: Db): Promise<void> => createCollections(db, ['preferences']);

/** What the user prefers, when they have ever said so. */
export async function preferredChannelOf({ db, session }: MongoTx, userId: string): Promise<Channel | undefined> {
  const preference = await preferencesOf(db).findOne({ _id: userId }, { session });
  return preference?.preferred_channel;
}

/** Keeps a `user.updated` unless a newer version is known: a redelivery or a late event must not bring an old wish back. */
export async function keepPreference(
  { tx: { db, session } }: UnitOfWork<MongoTx>,
  { user_id, preferred_channel }: UserUpdated,
  { version }: IncomingMessage,
): Promise<string> {
  const known = await preferencesOf(db).findOne({ _id: user_id }, { session });
  if (known !== null && known.version >= version) return 'outdated';
  await preferencesOf(db).replaceOne({ _id: user_id }, { preferred_channel, version }, { session, upsert: true });
  return 'applied';
}
