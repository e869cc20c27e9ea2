import type { z } from 'zod';
import type { IncomingMessage, UnitOfWork } from '../store.ts';

/**
 * Reaction to one type of message. `handle` runs inside `store.handleOnce`: it writes through `unit.tx`, publishes
 * through `unit.publish`, calls nobody outside and returns the outcome for the inbox (`applied`, `nothing-to-do`, …).
 * When it throws, nothing is committed and the message is tried again for ever; throw only for what may pass.
 */
export interface MessageHandler<Tx> {
  /** Rejects with `UnreadableMessageError` when the payload is unreadable: the message becomes a dead letter. */
  readonly run: (unit: UnitOfWork<Tx>, message: IncomingMessage) => Promise<string>;
}

/** Handlers of a topic by the `type` header; `'*'` takes every other type. Types without handler are recorded as `ignored`. */
export interface Subscription<Tx> {
  readonly topic: string;
  readonly handlers: Readonly<Record<string, MessageHandler<Tx>>>;
}

/** A handler whose payload is checked against `schema` first. */
export function onMessage<Tx, P>(
  schema: z.ZodType<P>,
  handle: (unit: UnitOfWork<Tx>, payload: P, message: IncomingMessage) => Promise<string>,
): MessageHandler<Tx> {
  return { run: async (unit, message) => handle(unit, parsePayload(schema, message), message) };
}

/** The payload does not have the shape that its topic promises; trying again cannot help. */
export class UnreadableMessageError extends Error {
  override readonly name = 'UnreadableMessageError';
}

function parsePayload<P>(schema: z.ZodType<P>, message: IncomingMessage): P {
  const parsed = schema.safeParse(message.payload);
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'payload'}: ${issue.message}`);
  throw new UnreadableMessageError(`${message.topic} ${message.type} ${message.id}: ${fields.join('; ')}`);
}
