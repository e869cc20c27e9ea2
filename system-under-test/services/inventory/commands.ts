import { reserveDataSchema } from '#sut/contract/command-data.ts';
import { type Command, commandSchema } from '#sut/contract/messages.ts';
import { commandsTopic } from '#sut/contract/topics.ts';
import { onMessage, type Subscription, UnreadableMessageError } from '#sut/platform/kafka/subscription.ts';
import type { MongoTx } from '#sut/platform/mongo/mongo-store.ts';
import { replyTo } from '#sut/platform/saga/reply-to.ts';
import type { UnitOfWork } from '#sut/platform/store.ts';
import type { Answer } from './domain/decide-hold.ts';
import { cancelStock, confirmStock, type HoldRequest, reserveStock } from './hold-stock.ts';

export interface CommandSettings {
  readonly reservationTtlMs: number;
  readonly nowMs: () => number;
}

type Unit = UnitOfWork<MongoTx>;

/**
 * What the orchestrator asks of the inventory. The saga id names the work, so a command that comes again is answered
 * again and does nothing more.
 */
export function inventoryCommands(settings: CommandSettings): Subscription<MongoTx> {
  const handler = onMessage(commandSchema, async (unit: Unit, command) => {
    const answer = await perform(settings, unit, command);
    await unit.publish(replyTo(command, replyContent(answer)));
    return answer.outcome === 'done' ? 'applied' : 'rejected';
  });
  return { topic: commandsTopic('inventory'), handlers: { '*': handler } };
}

async function perform(
  { reservationTtlMs: ttlMs, nowMs }: CommandSettings,
  unit: Unit,
  command: Command,
): Promise<Answer> {
  const request: HoldRequest = { id: command.saga_id, orderId: command.order_id, sagaId: command.saga_id };
  switch (command.action) {
    case 'reserve':
      return reserveStock(unit, request, { lines: readLines(command), ttlMs, nowMs: nowMs() });
    case 'confirm':
      return confirmStock(unit, request, nowMs());
    case 'cancel':
      return cancelStock(unit, request, nowMs());
    default:
      throw new UnreadableMessageError(`inventory has no action '${command.action}'`);
  }
}

function readLines(command: Command): readonly { productId: string; quantity: number }[] {
  const parsed = reserveDataSchema.safeParse(command.data);
  if (!parsed.success) throw new UnreadableMessageError(`${command.idempotency_key}: ${parsed.error.message}`);
  return parsed.data.items.map((item) => ({ productId: item.product_id, quantity: item.quantity }));
}

function replyContent(answer: Answer): Parameters<typeof replyTo>[1] {
  if (answer.outcome === 'done') return { outcome: 'done' };
  return { outcome: 'rejected', reason: answer.reason, ...(answer.details ? { data: { ...answer.details } } : {}) };
}
