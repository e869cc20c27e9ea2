/**
 * What a user has. Points and balance are the sums of the wallet's entries and never negative; one point is worth one
 * minor unit of an order, the balance is minor units of `WALLET_CURRENCY`. `version` counts the events about the wallet: 0 while
 * nobody has put anything in.
 */
export interface Wallet {
  readonly userId: string;
  readonly points: number;
  readonly balanceMinor: number;
  readonly isFrozen: boolean;
  readonly version: number;
}

/** The wallet of somebody who has none: it counts as empty. */
export const emptyWallet = (userId: string): Wallet => ({
  ...{ userId, points: 0, balanceMinor: 0 },
  isFrozen: false,
  version: 0,
});

export const ENTRY_KINDS = ['grant', 'redeem', 'give-back', 'earn', 'top-up'] as const;
export type EntryKind = (typeof ENTRY_KINDS)[number];

/** A signed change of a wallet before it is written. Its id says what it is for, so that it cannot be written twice. */
export interface EntryDraft {
  readonly id: string;
  readonly kind: EntryKind;
  readonly points: number;
  readonly balanceMinor: number;
  /** Absent for a grant. */
  readonly saga?: { readonly sagaId: string; readonly orderId: string };
  readonly reason?: string;
}

/** A line of a wallet; never changed or removed. `version` is that of the wallet after it, so it gives their order. */
export interface Entry extends EntryDraft {
  readonly userId: string;
  readonly version: number;
}

/** An entry and the wallet that it makes. */
export interface Posting {
  readonly wallet: Wallet;
  readonly entry: Entry;
}

/** Adds an entry to a wallet. Throws when it would leave less than nothing: who decides must have looked. */
export function post(wallet: Wallet, draft: EntryDraft): Posting {
  const points = wallet.points + draft.points;
  const balanceMinor = wallet.balanceMinor + draft.balanceMinor;
  if (points < 0 || balanceMinor < 0)
    throw new RangeError(`entry ${draft.id} overdraws the wallet of ${wallet.userId}`);
  const version = wallet.version + 1;
  return {
    wallet: { ...wallet, points, balanceMinor, version },
    entry: { ...draft, userId: wallet.userId, version },
  };
}
