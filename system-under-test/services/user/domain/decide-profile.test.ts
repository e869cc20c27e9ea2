import { describe, expect, it } from 'vitest';
import { putUserSchema } from '#sut/contract/api.ts';
import { decideProfile } from './decide-profile.ts';
import { strangerOf } from './user.ts';

const stranger = strangerOf('ann', 1_000);
const put = (fields: Record<string, unknown>) => putUserSchema.parse({ name: 'Ann', ...fields });

describe('profile', () => {
  it('of a stranger keeps the default limit and what is spent of it', () => {
    const spent = { ...stranger, spentMinor: 300, version: 1 };
    expect(decideProfile(spent, put({ email: 'ann@example.com', preferred_channel: 'sms' }))).toEqual({
      kind: 'changed',
      user: { ...spent, name: 'Ann', email: 'ann@example.com', preferredChannel: 'sms', version: 2 },
    });
  });

  it('is whole: what is left out is gone, but the limit stays', () => {
    const known = decideProfile(
      stranger,
      put({ phone: '+49 123456', spending_limit: 19.99, preferred_channel: 'push' }),
    );
    if (known.kind !== 'changed') throw new Error(known.kind);
    expect(known.user.spendingLimitMinor).toBe(1_999);
    expect(decideProfile(known.user, put({}))).toMatchObject({
      kind: 'changed',
      user: { phone: undefined, preferredChannel: 'email', spendingLimitMinor: 1_999, version: 2 },
    });
  });

  it('that is the same again is no change', () => {
    const known = decideProfile(stranger, put({}));
    if (known.kind !== 'changed') throw new Error(known.kind);
    expect(decideProfile(known.user, put({ spending_limit: 10 }))).toEqual({ kind: 'unchanged' });
  });

  it('may lower the limit to what is spent and no further', () => {
    const spent = { ...stranger, spentMinor: 500 };
    expect(decideProfile(spent, put({ spending_limit: 5 }))).toMatchObject({ kind: 'changed' });
    expect(decideProfile(spent, put({ spending_limit: 4.99 }))).toEqual({ kind: 'refused', spentMinor: 500 });
  });
});
