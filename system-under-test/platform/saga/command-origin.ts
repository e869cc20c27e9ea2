import { z } from 'zod';
import { type Command, HEADERS } from '#sut/contract/messages.ts';
import { PARTICIPANTS } from '#sut/contract/topics.ts';
import type { IncomingMessage } from '../store.ts';

/**
 * A command whose reply is outstanding, kept in the participant's own row: an answer that is given later, by a worker
 * and perhaps after a restart, still names its cause, answers the right attempt and continues the trace.
 */
export const commandOriginSchema = z.object({
  command: z.object({
    saga_id: z.string(),
    order_id: z.string(),
    step: z.string(),
    participant: z.enum(PARTICIPANTS),
    action: z.string(),
    attempt: z.int(),
  }),
  messageId: z.string(),
  traceparent: z.string().optional(),
  userId: z.string().optional(),
  requestId: z.string().optional(),
});
export type CommandOrigin = z.infer<typeof commandOriginSchema>;

/** What must be kept of a command in order to answer it. */
export function originOf(command: Command, message: IncomingMessage): CommandOrigin {
  const { data: _data, idempotency_key: _key, ...answered } = command;
  const { [HEADERS.userId]: userId, [HEADERS.requestId]: requestId } = message.record.headers;
  return {
    command: answered,
    messageId: message.id,
    ...(message.traceparent === undefined ? {} : { traceparent: message.traceparent }),
    ...(userId === undefined ? {} : { userId }),
    ...(requestId === undefined ? {} : { requestId }),
  };
}

/** Of two attempts at one action the newer: the saga waits for that one, whichever order they arrive in. */
export function newerOrigin(kept: CommandOrigin | undefined, arrived: CommandOrigin): CommandOrigin {
  return kept !== undefined && kept.command.attempt > arrived.command.attempt ? kept : arrived;
}

/** For messages that are published on account of the command. */
export function causedBy({ messageId, traceparent }: CommandOrigin): { causeId: string; traceparent?: string } {
  return { causeId: messageId, ...(traceparent === undefined ? {} : { traceparent }) };
}
