import { z } from 'zod';

/**
 * What the `data` of each command holds, per participant and action. A participant ignores fields that it does not
 * know, so a sender may pass more. Amounts are integer minor units.
 */

/** `payment.charge`. */
export const chargeDataSchema = z.object({
  amount_minor: z.int().min(0),
  currency: z.string().length(3),
  card: z.string().min(1),
});
export type ChargeData = z.infer<typeof chargeDataSchema>;

/** `notification.send-confirmation` and `notification.send-cancellation`. */
export const notificationDataSchema = z.object({
  user_id: z.string().min(1),
  channel: z.enum(['email', 'sms']).default('email'),
});
export type NotificationData = z.infer<typeof notificationDataSchema>;

/** `inventory.reserve`; `inventory.confirm` and `inventory.cancel` need no data, the saga id says what is meant. */
export const reserveDataSchema = z.object({
  items: z.array(z.object({ product_id: z.string().min(1), quantity: z.int().min(1) })).min(1),
});
