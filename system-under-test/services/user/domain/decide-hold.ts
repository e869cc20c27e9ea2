import type { ReplyContent } from '#sut/platform/saga/reply-to.ts';
import type { SpendingHold } from './spending-hold.ts';
import type { User } from './user.ts';

export interface HoldRequest {
  readonly sagaId: string;
  readonly orderId: string;
  readonly amountMinor: number;
}

/** What must be stored, all of it in one transaction; undefined where nothing changes. */
export interface HoldDecision {
  readonly hold: SpendingHold | undefined;
  readonly user: User | undefined;
  readonly answer: ReplyContent;
}

/**
 * The first time that the saga asks: takes the amount off what the user may still spend, or refuses. Refusals are
 * facts about the user, too, so the version moves in both cases.
 */
export function decideHold(user: User, { sagaId, orderId, amountMinor }: HoldRequest): HoldDecision {
  const availableMinor = user.spendingLimitMinor - user.spentMinor;
  const isAffordable = amountMinor <= availableMinor;
  const hold: SpendingHold = {
    ...{ sagaId, orderId, userId: user.id, amountMinor },
    status: isAffordable ? 'HELD' : 'REJECTED',
    refusal: isAffordable
      ? undefined
      : { reason: 'spending limit exceeded', available_minor: availableMinor, requested_minor: amountMinor },
  };
  const spentMinor = user.spentMinor + (isAffordable ? amountMinor : 0);
  return { hold, user: { ...user, spentMinor, version: user.version + 1 }, answer: answerOf(hold) };
}

/** The saga asks again, or after it has taken its request back: what was decided stays decided. */
export function repeatHold(hold: SpendingHold): HoldDecision {
  return { hold: undefined, user: undefined, answer: answerOf(hold) };
}

/**
 * The saga takes its hold back. Releasing what never was leaves a tombstone: the hold may still be on its way. `user`
 * is whom the hold names.
 */
export function decideRelease(
  hold: SpendingHold | undefined,
  user: User | undefined,
  request: Omit<HoldRequest, 'amountMinor'> & Pick<SpendingHold, 'userId'>,
): HoldDecision {
  const answer: ReplyContent = { outcome: 'done', data: { status: 'RELEASED' } };
  if (hold === undefined) {
    const tombstone: SpendingHold = { ...request, amountMinor: 0, status: 'RELEASED', refusal: undefined };
    return { hold: tombstone, user: undefined, answer };
  }
  if (hold.status !== 'HELD') return { hold: undefined, user: undefined, answer };
  if (user === undefined) throw new Error(`hold of saga ${hold.sagaId} is HELD for a user that does not exist`);
  return {
    hold: { ...hold, status: 'RELEASED' },
    user: { ...user, spentMinor: user.spentMinor - hold.amountMinor, version: user.version + 1 },
    answer,
  };
}

function answerOf({ status, refusal }: SpendingHold): ReplyContent {
  switch (status) {
    case 'HELD':
      return { outcome: 'done', data: { status } };
    case 'RELEASED':
      return { outcome: 'rejected', reason: 'hold was released', data: { status } };
    case 'REJECTED': {
      const { reason, ...figures } = refusal ?? { reason: 'spending limit exceeded' };
      return { outcome: 'rejected', reason, data: { status, ...figures } };
    }
  }
}
