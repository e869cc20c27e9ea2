import { z } from 'zod';
import { CHANNELS } from '#sut/contract/command-data.ts';

/** What a sender asks for. */
export const messageRequestSchema = z.object({
  notification_id: z.string().min(1).max(128),
  order_id: z.string().min(1).max(128),
  user_id: z.string().min(1).max(64),
  kind: z.enum(['confirmation', 'cancellation']),
  channel: z.enum(CHANNELS),
  text: z.string().min(1).max(1_000),
});
export type MessageRequest = z.infer<typeof messageRequestSchema>;

/** One message that was handed to a person, in the file as over HTTP; `seq` counts 1, 2, 3 … */
export const deliverySchema = z.object({
  seq: z.int().min(1),
  idempotency_key: z.string().min(1),
  ...messageRequestSchema.shape,
});
export type Delivery = z.infer<typeof deliverySchema>;

/** One key is one message; its use for another one is the sender's mistake. */
export function isSameMessage(a: MessageRequest, b: MessageRequest): boolean {
  return (
    a.notification_id === b.notification_id &&
    a.order_id === b.order_id &&
    a.user_id === b.user_id &&
    a.kind === b.kind &&
    a.channel === b.channel &&
    a.text === b.text
  );
}
