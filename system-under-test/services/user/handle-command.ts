import type pg from 'pg';
import { z } from 'zod';
import { holdLimitDataSchema } from '#sut/contract/command-data.ts';
import type { Command } from '#sut/contract/messages.ts';
import { UnreadableMessageError } from '#sut/platform/kafka/subscription.ts';
import { replyTo } from '#sut/platform/saga/reply-to.ts';
import type { IncomingMessage, UnitOfWork } from '#sut/platform/store.ts';
import { decideHold, decideRelease, type HoldDecision, repeatHold } from './domain/decide-hold.ts';
import type { SpendingHold } from './domain/spending-hold.ts';
import { lockHold, saveHold } from './hold-rows.ts';
import { limitChanged } from './user-events.ts';
import { lockOrCreateUser, lockUser, saveUser } from './user-rows.ts';

/** `user.hold-limit` and `user.release-limit`: hold, user, event and reply are one transaction. */
export const handleUserCommand =
  ({ defaultLimitMinor }: { readonly defaultLimitMinor: number }) =>
  async (unit: UnitOfWork<pg.PoolClient>, command: Command, message: IncomingMessage): Promise<string> => {
    const current = await lockHold(unit.tx, command.saga_id);
    const decision = await decide(unit.tx, current, { command, message, defaultLimitMinor });
    const { hold, user, answer } = decision;
    if (hold !== undefined) await saveHold(unit.tx, current, hold);
    if (user !== undefined) await saveUser(unit.tx, user);
    if (hold !== undefined && user !== undefined) await unit.publish(limitChanged(user, hold));
    await unit.publish(replyTo(command, answer));
    if (hold === undefined) return 'answered-again';
    return answer.outcome === 'done' ? 'applied' : 'rejected';
  };

interface Asked {
  readonly command: Command;
  readonly message: IncomingMessage;
  readonly defaultLimitMinor: number;
}

/** Reads and locks what the decision needs, and nothing for a command that was answered before. */
async function decide(
  tx: pg.PoolClient,
  hold: SpendingHold | undefined,
  { command, message, defaultLimitMinor }: Asked,
): Promise<HoldDecision> {
  const saga = { sagaId: command.saga_id, orderId: command.order_id };
  const data = holdLimitDataSchema.safeParse(command.data);
  switch (command.action) {
    case 'hold-limit': {
      if (!data.success) {
        throw new UnreadableMessageError(`user.hold-limit ${message.id}: ${z.prettifyError(data.error)}`);
      }
      if (hold !== undefined) return repeatHold(hold);
      const user = await lockOrCreateUser(tx, data.data.user_id, defaultLimitMinor);
      return decideHold(user, { ...saga, amountMinor: data.data.amount_minor });
    }
    case 'release-limit': {
      const user = hold && (await lockUser(tx, hold.userId));
      return decideRelease(hold, user, { ...saga, userId: data.data?.user_id ?? '' });
    }
    default:
      throw new UnreadableMessageError(`user has no action "${command.action}" (message ${message.id})`);
  }
}
