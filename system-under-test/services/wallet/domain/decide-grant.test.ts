import { expect, it } from 'vitest';
import { grantSchema } from '#sut/contract/api.ts';
import { decideFreeze, decideGrant } from './decide-grant.ts';
import { emptyWallet } from './wallet.ts';

const empty = emptyWallet('ann');
const grant = (fields: Record<string, unknown>) => ({ id: 'g1', grant: grantSchema.parse(fields) });
const posted = decideGrant(undefined, empty, grant({ points: 5, balance: 19.99 }));
const earlier = posted.kind === 'granted' ? posted.posting.entry : undefined;

it('adds to the wallet in minor units', () => {
  expect(posted).toMatchObject({
    kind: 'granted',
    posting: { wallet: { points: 5, balanceMinor: 1_999, version: 1 }, entry: { id: 'g1', kind: 'grant' } },
  });
});

it('happens once per key, however its fields are left out', () => {
  const again = grant({ balance: 19.99, points: 5, reason: 'grant' });
  expect(decideGrant(earlier, empty, again)).toEqual({ kind: 'repeated', entry: earlier });
});

it.each([{ points: 6, balance: 19.99 }, { points: 5 }, { points: 5, balance: 19.99, reason: 'birthday' }])(
  'does not take %j for the same',
  (other) => expect(decideGrant(earlier, empty, grant(other))).toEqual({ kind: 'reused' }),
);

it('of nothing is no grant', () => {
  expect(grantSchema.safeParse({ reason: 'kindness' }).success).toBe(false);
});

it('freezes and thaws once each', () => {
  const frozen = decideFreeze(empty, true);
  expect(frozen).toEqual({ ...empty, isFrozen: true, version: 1 });
  expect(frozen && decideFreeze(frozen, true)).toBeUndefined();
  expect(frozen && decideFreeze(frozen, false)).toMatchObject({ isFrozen: false, version: 2 });
});
