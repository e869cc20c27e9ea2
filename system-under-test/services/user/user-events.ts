import type { UserUpdated } from '#sut/contract/messages.ts';
import { eventsTopic } from '#sut/contract/topics.ts';
import type { OutgoingMessage } from '#sut/platform/store.ts';
import type { HoldStatus, SpendingHold } from './domain/spending-hold.ts';
import type { User } from './domain/user.ts';

/*
 * Every change of a user is one event of the user, so the record's version is the user's. Each carries the values that
 * it leaves behind: laid over each other in order they give the user.
 */

/** The profile is what it says from now on. */
export function userUpdated(user: User): OutgoingMessage {
  const payload = {
    user_id: user.id,
    name: user.name ?? null,
    email: user.email ?? null,
    phone: user.phone ?? null,
    ...settingsOf(user),
  } satisfies UserUpdated & Record<string, unknown>;
  return { topic: eventsTopic('user'), aggregateId: user.id, userId: user.id, type: 'user.updated', payload };
}

const HOLD_EVENTS: Readonly<Record<HoldStatus, string>> = {
  HELD: 'user.limit-held',
  RELEASED: 'user.limit-released',
  REJECTED: 'user.limit-rejected',
};

/** `hold` became what it is, and `user` with it. */
export function limitChanged(user: User, hold: SpendingHold): OutgoingMessage {
  return {
    topic: eventsTopic('user'),
    aggregateId: user.id,
    userId: user.id,
    type: HOLD_EVENTS[hold.status],
    payload: {
      user_id: user.id,
      saga_id: hold.sagaId,
      order_id: hold.orderId,
      amount_minor: hold.amountMinor,
      ...settingsOf(user),
    },
    sagaId: hold.sagaId,
    orderId: hold.orderId,
  };
}

/** In every event, since any may be the first. */
const settingsOf = (user: User) => ({
  preferred_channel: user.preferredChannel,
  spending_limit_minor: user.spendingLimitMinor,
  spent_minor: user.spentMinor,
});
