import { z } from 'zod';
import { CHANNELS } from './command-data.ts';
import { PARTICIPANTS } from './topics.ts';

/**
 * Headers of every Kafka record (all UTF-8 text). The record's key is `<aggregate-id>:<version>`, its partition
 * is chosen by the aggregate id, its value is the JSON payload.
 */
export const HEADERS = {
  messageId: 'message-id',
  type: 'type',
  aggregateId: 'aggregate-id',
  version: 'version',
  sagaId: 'saga-id',
  /** The order, or the payment request, that it is about. */
  orderId: 'order-id',
  userId: 'user-id',
  requestId: 'request-id',
  /** Message id of the message whose handling wrote this one; absent for a client's request or a timer. */
  causeId: 'cause-id',
  /** W3C Trace Context, https://www.w3.org/TR/trace-context/ */
  traceparent: 'traceparent',
} as const;

/** `order_id` is what the saga is about: an order, or the payment request of a payment saga. */
const identity = { saga_id: z.string().min(1), order_id: z.string().min(1) };

/** What the orchestrator asks of a participant. The same `idempotency_key` always means the same work. */
export const commandSchema = z.object({
  ...identity,
  step: z.string(),
  participant: z.enum(PARTICIPANTS),
  action: z.string(),
  attempt: z.int().min(1),
  idempotency_key: z.string().min(1),
  data: z.record(z.string(), z.unknown()),
});
export type Command = z.infer<typeof commandSchema>;

/** A participant's answer: the work is `done`, or it was `rejected` for a business reason and left no effect. */
export const replySchema = z.object({
  ...identity,
  step: z.string(),
  participant: z.enum(PARTICIPANTS),
  action: z.string(),
  attempt: z.int().min(1),
  outcome: z.enum(['done', 'rejected']),
  reason: z.string().optional(),
  data: z.record(z.string(), z.unknown()).optional(),
});
export type Reply = z.infer<typeof replySchema>;

const orderItemSchema = z.object({
  product_id: z.string().min(1),
  quantity: z.int().min(1),
  price_minor: z.int().min(0),
});

/** `order.created`, published by the order service to `order.events`; starts the saga. */
export const orderCreatedSchema = z.object({
  ...identity,
  user_id: z.string().min(1),
  items: z.array(orderItemSchema).min(1),
  total_minor: z.int().min(0),
  /** Loyalty points that the customer wants to pay with; each is worth one minor unit, at most the total. */
  redeem_points: z.int().min(0).default(0),
  currency: z.string().length(3),
  card: z.string().min(1),
});
export type OrderCreated = z.infer<typeof orderCreatedSchema>;

/** `order.cancel-requested`, published by the order service; the saga compensates if its pivot is still ahead. */
export const orderCancelRequestedSchema = z.object({ ...identity, reason: z.string() });
export type OrderCancelRequested = z.infer<typeof orderCancelRequestedSchema>;

/** `user.updated`, published by the user service to `user.events` with each change of a profile; `version` of the user. */
export const userUpdatedSchema = z.object({
  user_id: z.string().min(1),
  preferred_channel: z.enum(CHANNELS),
});
export type UserUpdated = z.infer<typeof userUpdatedSchema>;
