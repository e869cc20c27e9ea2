import { z } from 'zod';
import { creditPointsDataSchema, redeemPointsDataSchema, topUpDataSchema } from '#sut/contract/command-data.ts';
import { type Command, commandSchema } from '#sut/contract/messages.ts';
import { commandsTopic } from '#sut/contract/topics.ts';
import { onMessage, type Subscription, UnreadableMessageError } from '#sut/platform/kafka/subscription.ts';
import type { MongoTx } from '#sut/platform/mongo/mongo-store.ts';
import { replyTo } from '#sut/platform/saga/reply-to.ts';
import type { UnitOfWork } from '#sut/platform/store.ts';
import { decideGiveBack, decideOperation, type OperationRequest } from './domain/decide-operation.ts';
import { type Operation, type OperationKind, operationIdOf } from './domain/operation.ts';
import { emptyWallet, type Wallet } from './domain/wallet.ts';
import { readOperation, saveOperation } from './store/operations.ts';
import { readWallet } from './store/wallets.ts';
import { writePosting } from './write-posting.ts';

/**
 * What the orchestrator asks of a wallet. Saga and kind name the work, so a command that comes again is answered again
 * and does nothing more; operation, wallet, entry, event and reply are one transaction.
 */
export function walletCommands({ nowMs }: { readonly nowMs: () => number }): Subscription<MongoTx> {
  const handler = onMessage(commandSchema, async (unit: UnitOfWork<MongoTx>, command) => {
    const asked = readCommand(command);
    const current = await readOperation(unit.tx, operationIdOf({ sagaId: command.saga_id, kind: asked.kind }));
    const wallet = await walletOf(unit.tx, current?.userId ?? asked.userId);
    const { operation, posting, answer } = asked.decide(current, wallet);
    const now = new Date(nowMs());
    if (operation !== undefined) await saveOperation(unit.tx, { current, next: operation, now });
    if (posting !== undefined) await writePosting(unit, posting, now);
    await unit.publish(replyTo(command, answer));
    if (operation === undefined) return 'answered-again';
    return answer.outcome === 'done' ? 'applied' : 'rejected';
  });
  return { topic: commandsTopic('wallet'), handlers: { '*': handler } };
}

/** A user without a wallet has an empty one. */
async function walletOf(tx: MongoTx, userId: string): Promise<Wallet> {
  return (await readWallet(tx, userId)) ?? emptyWallet(userId);
}

interface Asked {
  readonly kind: OperationKind;
  readonly userId: string;
  readonly decide: (current: Operation | undefined, wallet: Wallet) => ReturnType<typeof decideOperation>;
}

function readCommand(command: Command): Asked {
  const saga = { sagaId: command.saga_id, orderId: command.order_id };
  const operation = (request: Omit<OperationRequest, 'sagaId' | 'orderId'>): Asked => ({
    kind: request.kind,
    userId: request.userId,
    decide: (current, wallet) => decideOperation(current, wallet, { ...saga, ...request }),
  });
  switch (command.action) {
    case 'redeem-points': {
      const { user_id: userId, redeem_points: points } = readData(redeemPointsDataSchema, command);
      return operation({ kind: 'redeem', userId, points: -points, balanceMinor: 0 });
    }
    case 'give-back-points': {
      const data = redeemPointsDataSchema.safeParse(command.data);
      return {
        kind: 'redeem',
        userId: data.data?.user_id ?? '',
        decide: (current, wallet) => decideGiveBack(current, wallet, saga),
      };
    }
    case 'credit-points': {
      const { user_id: userId, earned_points: points } = readData(creditPointsDataSchema, command);
      return operation({ kind: 'earn', userId, points, balanceMinor: 0 });
    }
    case 'top-up': {
      const { user_id: userId, amount_minor: balanceMinor, currency } = readData(topUpDataSchema, command);
      return operation({ kind: 'top-up', userId, points: 0, balanceMinor, currency });
    }
    default:
      throw new UnreadableMessageError(`wallet has no action '${command.action}'`);
  }
}

function readData<D>(schema: z.ZodType<D>, command: Command): D {
  const parsed = schema.safeParse(command.data);
  if (parsed.success) return parsed.data;
  throw new UnreadableMessageError(`wallet.${command.action} ${command.saga_id}: ${z.prettifyError(parsed.error)}`);
}
