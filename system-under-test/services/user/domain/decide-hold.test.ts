import { describe, expect, it } from 'vitest';
import { decideHold, decideRelease, repeatHold } from './decide-hold.ts';
import type { HoldStatus, SpendingHold } from './spending-hold.ts';
import { strangerOf, type User } from './user.ts';

const user: User = { ...strangerOf('ann', 1_000), spentMinor: 400, version: 3 };
const request = { sagaId: 's1', orderId: 'o1', amountMinor: 600 };
const release = { sagaId: 's1', orderId: 'o1', userId: 'ann' };
const hold = (status: HoldStatus): SpendingHold => ({
  ...{ sagaId: 's1', orderId: 'o1', userId: 'ann', amountMinor: 100, status },
  refusal:
    status === 'REJECTED'
      ? { reason: 'spending limit exceeded', available_minor: 50, requested_minor: 100 }
      : undefined,
});

describe('hold', () => {
  it('takes all that is left, to the cent', () => {
    const { hold: held, user: after, answer } = decideHold(user, request);
    expect(held).toEqual({ ...request, userId: 'ann', status: 'HELD', refusal: undefined });
    expect(after).toEqual({ ...user, spentMinor: 1_000, version: 4 });
    expect(answer).toEqual({ outcome: 'done', data: { status: 'HELD' } });
  });

  it('is refused one cent above it, and says what was left', () => {
    const { hold: held, user: after, answer } = decideHold(user, { ...request, amountMinor: 601 });
    expect(held).toMatchObject({ status: 'REJECTED' });
    expect(after).toEqual({ ...user, version: 4 });
    expect(answer).toEqual({
      outcome: 'rejected',
      reason: 'spending limit exceeded',
      data: { status: 'REJECTED', available_minor: 600, requested_minor: 601 },
    });
    expect(held && repeatHold(held).answer).toEqual(answer);
  });

  it.each<[HoldStatus, Record<string, unknown>]>([
    ['HELD', { outcome: 'done' }],
    ['RELEASED', { outcome: 'rejected', reason: 'hold was released' }],
    ['REJECTED', { outcome: 'rejected', reason: 'spending limit exceeded' }],
  ])('that is %s is answered again and does nothing', (status, answer) => {
    expect(repeatHold(hold(status))).toMatchObject({ hold: undefined, user: undefined, answer });
  });
});

describe('release', () => {
  it('gives back what is held', () => {
    expect(decideRelease(hold('HELD'), user, release)).toMatchObject({
      hold: { status: 'RELEASED', amountMinor: 100 },
      user: { spentMinor: 300, version: 4 },
      answer: { outcome: 'done' },
    });
  });

  it('of what never was leaves a tombstone that says nothing about the user', () => {
    const { hold: tombstone, user: after, answer } = decideRelease(undefined, undefined, release);
    expect(tombstone).toMatchObject({ sagaId: 's1', userId: 'ann', amountMinor: 0, status: 'RELEASED' });
    expect(after).toBeUndefined();
    expect(answer).toMatchObject({ outcome: 'done' });
  });

  it.each(['RELEASED', 'REJECTED'] as const)('of what is %s gives nothing back', (status) => {
    expect(decideRelease(hold(status), user, release)).toMatchObject({
      hold: undefined,
      user: undefined,
      answer: { outcome: 'done' },
    });
  });
});
