import { eventsTopic } from '#sut/contract/topics.ts';
import type { OutgoingMessage } from '#sut/platform/store.ts';
import type { EntryKind, Posting, Wallet } from './domain/wallet.ts';

/*
 * Every change of a wallet is one event of the wallet, so the record's version is the wallet's. Each carries the values
 * that it leaves behind: laid over each other in order they give the wallet.
 */

const ENTRY_EVENTS: Readonly<Record<EntryKind, string>> = {
  grant: 'wallet.granted',
  redeem: 'wallet.points-redeemed',
  'give-back': 'wallet.points-given-back',
  earn: 'wallet.points-credited',
  'top-up': 'wallet.topped-up',
};

/** An entry was written. `points` and `balance_minor` are the wallet's after it, the changes are the entry's. */
export function walletPosted({ wallet, entry }: Posting): OutgoingMessage {
  return {
    ...aboutWallet(wallet, ENTRY_EVENTS[entry.kind], {
      entry_id: entry.id,
      points_change: entry.points,
      balance_change_minor: entry.balanceMinor,
      ...(entry.saga === undefined ? {} : { saga_id: entry.saga.sagaId, order_id: entry.saga.orderId }),
      ...(entry.reason === undefined ? {} : { reason: entry.reason }),
    }),
    ...entry.saga,
  };
}

/** The wallet was frozen or thawed. */
export const freezeChanged = (wallet: Wallet): OutgoingMessage =>
  aboutWallet(wallet, wallet.isFrozen ? 'wallet.frozen' : 'wallet.thawed', {});

const aboutWallet = (wallet: Wallet, type: string, facts: Readonly<Record<string, unknown>>): OutgoingMessage => ({
  topic: eventsTopic('wallet'),
  aggregateId: wallet.userId,
  userId: wallet.userId,
  type,
  payload: {
    user_id: wallet.userId,
    ...facts,
    points: wallet.points,
    balance_minor: wallet.balanceMinor,
    frozen: wallet.isFrozen,
  },
});
