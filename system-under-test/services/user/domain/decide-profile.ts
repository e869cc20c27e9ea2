import type { PutUser } from '#sut/contract/api.ts';
import { toMinorUnits } from '#sut/platform/money.ts';
import type { User } from './user.ts';

/** `refused`: the new limit is below what orders hold already; nothing changes. */
export type ProfileDecision =
  | { readonly kind: 'changed'; readonly user: User }
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'refused'; readonly spentMinor: number };

/**
 * The customer describes themselves anew: fields that are missing are gone. The limit alone stays when it is missing,
 * so that a change of address does not lift it. The same description again is no change.
 */
export function decideProfile(user: User, put: PutUser): ProfileDecision {
  const spendingLimitMinor =
    put.spending_limit === undefined ? user.spendingLimitMinor : toMinorUnits(put.spending_limit);
  if (spendingLimitMinor < user.spentMinor) return { kind: 'refused', spentMinor: user.spentMinor };
  const described: User = {
    ...user,
    name: put.name,
    email: put.email,
    phone: put.phone,
    preferredChannel: put.preferred_channel,
    spendingLimitMinor,
  };
  const isSame = DESCRIPTION.every((field) => described[field] === user[field]);
  return isSame ? { kind: 'unchanged' } : { kind: 'changed', user: { ...described, version: user.version + 1 } };
}

const DESCRIPTION = ['name', 'email', 'phone', 'preferredChannel', 'spendingLimitMinor'] as const;
