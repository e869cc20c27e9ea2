import type { Command, Reply } from '#sut/contract/messages.ts';
import { repliesTopic } from '#sut/contract/topics.ts';
import type { OutgoingMessage } from '../store.ts';

/** What a participant answers; `reason` says why work was rejected. */
export interface ReplyContent {
  readonly outcome: Reply['outcome'];
  readonly reason?: string;
  readonly data?: Readonly<Record<string, unknown>>;
}

/**
 * The reply to a saga command, for `unit.publish`. Aggregate is the saga; type is `<participant>.<action>.<outcome>`,
 * e.g. `payment.charge.rejected`. A worker that answers later adds `causeId` (and `traceparent`) of the command's message.
 */
export function replyTo(
  command: Omit<Command, 'data' | 'idempotency_key'>,
  content: ReplyContent,
  origin: { readonly causeId?: string; readonly traceparent?: string } = {},
): OutgoingMessage {
  const payload: Reply = {
    saga_id: command.saga_id,
    order_id: command.order_id,
    step: command.step,
    participant: command.participant,
    action: command.action,
    attempt: command.attempt,
    ...content,
    ...(content.data ? { data: { ...content.data } } : {}),
  };
  return {
    topic: repliesTopic(command.participant),
    aggregateId: command.saga_id,
    type: `${command.participant}.${command.action}.${content.outcome}`,
    payload,
    sagaId: command.saga_id,
    orderId: command.order_id,
    ...origin,
  };
}
