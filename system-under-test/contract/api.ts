import { z } from 'zod';
import { CHANNELS } from './command-data.ts';

/**
 * Public HTTP API, snake_case, amounts as decimals with at most two places (29.99). Errors are
 * `{ error: string, details?: unknown }`; invalid input is 400 with `details: [{ field, message }]`.
 *
 *   POST /orders                 Idempotency-Key honoured; redeem_points <= total in minor units; 201 { order, saga_id }, 400, 422 (key reused
 *                                with another body)
 *   GET  /orders/:id             200 order, 404
 *   POST /orders/:id/cancel      202 { status: 'cancelling' } while the saga runs, 200 { status: 'cancelled' }, 409 when confirmed, 404
 *   GET  /admin/outbox/events    200 { events: [...] } on every service with an outbox
 *   PUT  /inventory/products/:id { available_stock, location }: 201 new product, 409 when it exists
 *   GET  /inventory/products/:id 200 product, 404
 *   POST /inventory/reserve      { product_id, order_id, quantity }: 200 { reservation }, 409 { error, details: { product_id, available, requested } }
 *   POST /inventory/reservations/:id/confirm | cancel   200 { status }, 404, 409
 *   POST /saga/payment           Idempotency-Key honoured; { amount, user_id, currency?, card? }: 201 { saga_id, payment_id }, 400, 422.
 *                                Wallets are kept in USD: a payment in another currency is charged and refunded. As curl -d sends
 *                                it, JSON under application/x-www-form-urlencoded is read too (every service)
 *   GET  /saga/status/:id        200 { saga_id, order_id, type, state, step, transitions: [...] }, 404
 *   PUT  /users/:id              { name, email?, phone?, preferred_channel?, spending_limit? }: 201 new, 200 changed, 409 limit below what is spent;
 *                                fields left out are emptied, the limit alone stays as it is
 *   GET  /users/:id              200 { id, name, email, phone, preferred_channel, spending_limit, spent, version }, 404
 *   GET  /wallets/:user_id       200 { user_id, points, balance, frozen, version }, 404
 *   GET  /wallets/:user_id/entries?after=<version>&limit=   200 { entries: [...] } in the order of writing
 *   POST /wallets/:user_id/grants    Idempotency-Key required; { points?, balance?, reason? }: 201 { entry }, 400, 422 (key reused with another body)
 *   PUT  /wallets/:user_id/frozen    { frozen: boolean }: 200 wallet; while frozen redeem-points and top-up are rejected, the rest goes on
 *   GET  /payments/:id, GET /notifications/:id   200, 404
 *   GET  /events?aggregate=<id>&topic=&after=<position>&limit=   200 { events: [...], next }, in the order of versions per aggregate
 *   GET  /events/:message_id     200, 404
 *   GET  /events/replay?topic=&aggregate=   200 { state, version, events } an aggregate folded from its events, 404
 *   GET  /events/gaps            200 { gaps: [{ topic, aggregate_id, missing: [from, to] }] }
 *   GET  /health/live, /health/ready on every service
 *
 * Acquirer (8090):         POST /charges            Idempotency-Key; { order_id, amount_minor, currency, card } -> 201 { status: 'captured', charge_id } |
 *                                                   402 { status: 'declined', reason }; replays the stored answer for a key
 *                                                   422 when the key was used for another request
 *                          POST /charges/:key/reverse  { order_id? } -> 200 { status: 'refunded' | 'voided' }: refunds the key's capture, or forbids it for ever; idempotent
 *                          GET  /ledger             200 { entries: [{ seq, kind, order_id, idempotency_key, amount_minor }] }
 * Message provider (8091): POST /messages           Idempotency-Key; { notification_id, order_id, user_id, kind, channel, text } -> 202 { status: 'accepted' },
 *                                                   422 when the key was used for another message
 *                          GET  /deliveries         200 { deliveries: [{ seq, notification_id, order_id, kind }] }
 *
 * Cards: `card-ok` is charged, `card-declined` and `card-processor-error` are business rejections (402).
 */

/** Written so that every engine which reads our JSON Schemas understands it (not `\p{Cc}`). */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it is about
const NO_CONTROL_CHARACTERS = /^[^\x00-\x1f\x7f-\x9f]*$/;

/** Printable text: databases refuse NUL and unpaired surrogates, and no other control character belongs there. */
export const textSchema = (maxLength: number) =>
  z
    .string()
    .min(1)
    .max(maxLength)
    .regex(NO_CONTROL_CHARACTERS, 'must not contain control characters')
    .refine((text) => text.isWellFormed(), 'must be well-formed Unicode');
/** What somebody or something is called. */
export const nameSchema = textSchema(64);

const currencySchema = z.string().regex(/^[A-Z]{3}$/, 'must be a code of ISO 4217');

/** What every wallet is kept in: balances of different currencies cannot be added up, and nobody here knows rates. */
export const WALLET_CURRENCY = 'USD';

/** An amount in the currency's main unit. `multipleOf` alone takes 5e-324 for a multiple of a cent. */
const decimalSchema = (maximum: number) =>
  z
    .number()
    .min(0)
    .max(maximum)
    .multipleOf(0.01, { abort: true })
    .refine((amount) => amount <= 0 || amount >= 0.01, 'must be a whole number of cents');

export const createOrderSchema = z.object({
  user_id: nameSchema,
  items: z
    .array(
      z.object({
        product_id: nameSchema,
        quantity: z.int().min(1).max(1_000),
        price: decimalSchema(1_000_000),
      }),
    )
    .min(1)
    .max(50),
  card: nameSchema.default('card-ok'),
  currency: currencySchema.default('USD'),
  redeem_points: z.int().min(0).max(100_000_000).default(0),
});
export type CreateOrder = z.infer<typeof createOrderSchema>;

export const createPaymentSchema = z.object({
  amount: z.number().min(0.01).max(1_000_000).multipleOf(0.01),
  user_id: nameSchema,
  currency: currencySchema.default(WALLET_CURRENCY),
  card: nameSchema.default('card-ok'),
});

export const putUserSchema = z.object({
  name: nameSchema,
  // The pattern alone is the promise: `format: email` means something else to each validator (RFC 5322, HTML 5, zod).
  email: z.string().regex(z.regexes.html5Email, 'must be an e-mail address').max(254).optional(),
  phone: z
    .string()
    .regex(/^\+?[0-9 ]{5,20}$/, 'must be a telephone number')
    .optional(),
  preferred_channel: z.enum(CHANNELS).default('email'),
  spending_limit: decimalSchema(1_000_000_000).optional(),
});
export type PutUser = z.infer<typeof putUserSchema>;

export const grantSchema = z
  .object({
    points: z.int().min(0).max(100_000_000).default(0),
    balance: decimalSchema(1_000_000).default(0),
    reason: nameSchema.default('grant'),
  })
  .refine(({ points, balance }) => points > 0 || balance > 0, 'must grant points or balance');
export type Grant = z.infer<typeof grantSchema>;

export const IDEMPOTENCY_KEY_HEADER = 'idempotency-key';
export const REQUEST_ID_HEADER = 'x-request-id';
export const USER_ID_HEADER = 'x-user-id';
/** Milliseconds that the caller will still wait; every hop passes on what is left of it (gRPC's `grpc-timeout`). */
export const TIMEOUT_HEADER = 'x-request-timeout-ms';
