import type pg from 'pg';
import { z } from 'zod';
import { chargeDataSchema } from '#sut/contract/command-data.ts';
import type { Command } from '#sut/contract/messages.ts';
import { UnreadableMessageError } from '#sut/platform/kafka/subscription.ts';
import { originOf } from '#sut/platform/saga/command-origin.ts';
import type { IncomingMessage, UnitOfWork } from '#sut/platform/store.ts';
import { decideCharge, decideRefund, type PaymentDecision } from './decide-payment.ts';
import { type Payment, paymentIdOf } from './payment.ts';
import { lockPayment, savePayment } from './payment-rows.ts';

/**
 * Writes down what the saga wants of a payment, and answers at once when the outcome is known already. The acquirer
 * is never called from here: a handler that waits for somebody else's server would hold up its whole partition.
 */
export const handlePaymentCommand =
  (wakeSettling: () => void) =>
  async (unit: UnitOfWork<pg.PoolClient>, command: Command, message: IncomingMessage): Promise<string> => {
    const current = await lockPayment(unit.tx, paymentIdOf(command.saga_id));
    const decision = decide(current, command, message);
    if (decision.payment !== current) {
      await savePayment(unit.tx, current, decision.payment);
      unit.afterCommit(wakeSettling);
    }
    for (const outgoing of decision.messages) await unit.publish(outgoing);
    return decision.payment === current ? 'answered-again' : 'applied';
  };

function decide(current: Payment | undefined, command: Command, message: IncomingMessage): PaymentDecision {
  const origin = originOf(command, message);
  const data = chargeDataSchema.safeParse(command.data);
  switch (command.action) {
    case 'charge':
      if (data.success) return decideCharge(current, origin, data.data);
      throw new UnreadableMessageError(`payment.charge ${message.id}: ${z.prettifyError(data.error)}`);
    case 'refund':
      return decideRefund(current, origin, data.data);
    default:
      throw new UnreadableMessageError(`payment has no action "${command.action}" (message ${message.id})`);
  }
}
