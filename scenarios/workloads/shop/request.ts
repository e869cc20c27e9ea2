import { z } from 'zod';

/**
 * The inputs of a plan's requests, one schema per operation. They stand in `plan.json`, which a person may edit, so they
 * are parsed where they are used.
 */

/** An order as a client means it. Requests with one `body_id` have the same body, byte for byte. */
export const placeOrderInputSchema = z.object({
  user_id: z.string(),
  idempotency_key: z.string(),
  body_id: z.string(),
  card: z.string(),
  items: z.array(z.object({ product_id: z.string(), quantity: z.number(), price_minor: z.number() })),
  /** Points to pay with, each worth one minor unit. */
  redeem_points: z.number().default(0),
  /** The answer that the contract promises when it is not 201: 400 for an invalid body, 422 for a key used with another. */
  expect: z.literal([400, 422]).optional(),
});
export type PlaceOrderInput = z.infer<typeof placeOrderInputSchema>;

/** Money from a card into a wallet. Requests with one `body_id` have the same body, byte for byte. */
export const startPaymentInputSchema = z.object({
  user_id: z.string(),
  /** Empty: sent without a key, so that each request is a payment of its own and is not sent again. */
  idempotency_key: z.string(),
  body_id: z.string(),
  amount_minor: z.number(),
  card: z.string(),
  expect: z.literal([400, 422]).optional(),
});
export type StartPaymentInput = z.infer<typeof startPaymentInputSchema>;

/** Cancel and read name their order or payment through the request that made it (`after`). */
export const emptyInputSchema = z.strictObject({});

export const SHOP_OPS = ['place-order', 'cancel-order', 'get-order', 'start-payment', 'get-payment'] as const;
export type ShopOp = (typeof SHOP_OPS)[number];
export const shopOpSchema = z.enum(SHOP_OPS);
