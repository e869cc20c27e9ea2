import type { MongoTx } from '#sut/platform/mongo/mongo-store.ts';
import type { UnitOfWork } from '#sut/platform/store.ts';
import type { Posting } from './domain/wallet.ts';
import { insertEntry, saveWallet } from './store/wallets.ts';
import { walletPosted } from './wallet-events.ts';

/** Entry, wallet and event, in the unit's transaction. */
export async function writePosting(unit: UnitOfWork<MongoTx>, posting: Posting, now: Date): Promise<void> {
  await saveWallet(unit.tx, posting.wallet);
  await insertEntry(unit.tx, posting.entry, now);
  await unit.publish(walletPosted(posting));
}
