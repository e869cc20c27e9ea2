import type { Grant } from '#sut/contract/api.ts';
import { toMinorUnits } from '#sut/platform/money.ts';
import { type Entry, type Posting, post, type Wallet } from './wallet.ts';

/** `reused`: the key named another grant before. */
export type GrantDecision =
  | { readonly kind: 'granted'; readonly posting: Posting }
  | { readonly kind: 'repeated'; readonly entry: Entry }
  | { readonly kind: 'reused' };

/**
 * Gives points or balance to a user, to a frozen wallet too. `earlier` is the entry with that id, which is derived from
 * the user and the request's key.
 */
export function decideGrant(
  earlier: Entry | undefined,
  wallet: Wallet,
  { id, grant }: { readonly id: string; readonly grant: Grant },
): GrantDecision {
  const { points, reason } = grant;
  const draft = { id, kind: 'grant', points, balanceMinor: toMinorUnits(grant.balance), reason } as const;
  if (earlier === undefined) return { kind: 'granted', posting: post(wallet, draft) };
  const isSame =
    earlier.points === draft.points && earlier.balanceMinor === draft.balanceMinor && earlier.reason === draft.reason;
  return isSame ? { kind: 'repeated', entry: earlier } : { kind: 'reused' };
}

/** The wallet frozen or thawed; undefined when it is so already. */
export const decideFreeze = (wallet: Wallet, isFrozen: boolean): Wallet | undefined =>
  wallet.isFrozen === isFrozen ? undefined : { ...wallet, isFrozen, version: wallet.version + 1 };
