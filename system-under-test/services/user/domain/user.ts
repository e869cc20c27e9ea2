import type { Channel } from '#sut/contract/command-data.ts';

/**
 * A customer. `spentMinor` is the sum of the holds that are HELD and at most `spendingLimitMinor`. The limit counts
 * minor units of whatever currency: nobody here knows rates. `version` counts the events about the user: 0 before the
 * first.
 */
export interface User {
  readonly id: string;
  /** Undefined while the customer has bought something but never told who they are. */
  readonly name: string | undefined;
  readonly email: string | undefined;
  readonly phone: string | undefined;
  readonly preferredChannel: Channel;
  readonly spendingLimitMinor: number;
  readonly spentMinor: number;
  readonly version: number;
}

/** Whom nobody has told us about: the profile that a first hold finds. */
export function strangerOf(id: string, defaultLimitMinor: number): User {
  return {
    id,
    name: undefined,
    email: undefined,
    phone: undefined,
    preferredChannel: 'email',
    spendingLimitMinor: defaultLimitMinor,
    spentMinor: 0,
    version: 0,
  };
}
