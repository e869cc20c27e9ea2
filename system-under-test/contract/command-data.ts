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

/** Ways to reach a customer. */
export const CHANNELS = ['email', 'sms', 'push'] as const;
export type Channel = (typeof CHANNELS)[number];

/** `notification.send-confirmation` and `notification.send-cancellation`; no channel: the one that the user prefers. */
export const notificationDataSchema = z.object({
  user_id: z.string().min(1),
  channel: z.enum(CHANNELS).optional(),
});
export type NotificationData = z.infer<typeof notificationDataSchema>;

/** `inventory.reserve`; `inventory.confirm` and `inventory.cancel` need no data, the saga id says what is meant. */
export const reserveDataSchema = z.object({
  items: z.array(z.object({ product_id: z.string().min(1), quantity: z.int().min(1) })).min(1),
});

/** `user.hold-limit`: takes the amount off what the user may still spend, or is rejected; `user.release-limit` needs no data. */
export const holdLimitDataSchema = z.object({
  user_id: z.string().min(1),
  amount_minor: z.int().min(0),
  currency: z.string().length(3),
});

/** `wallet.redeem-points`: takes points, or is rejected when there are too few or the wallet is frozen; `wallet.give-back-points` needs no data. */
export const redeemPointsDataSchema = z.object({ user_id: z.string().min(1), redeem_points: z.int().min(1) });

/** `wallet.credit-points`: points that an order has earned. Never rejected: it is behind the pivot. */
export const creditPointsDataSchema = z.object({ user_id: z.string().min(1), earned_points: z.int().min(0) });

/** `wallet.top-up`: money that a payment has brought; rejected when the wallet is frozen or kept in another currency. */
export const topUpDataSchema = z.object({
  user_id: z.string().min(1),
  amount_minor: z.int().min(0),
  currency: z.string().length(3),
});
