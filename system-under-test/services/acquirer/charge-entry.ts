import { z } from 'zod';

/** What a merchant asks for. `amount_minor` is integer minor units of `currency`. */
export const chargeRequestSchema = z.object({
  order_id: z.string().min(1).max(128),
  amount_minor: z.int().min(0),
  currency: z.string().length(3),
  card: z.string().min(1).max(64),
});
export type ChargeRequest = z.infer<typeof chargeRequestSchema>;

const charged = { idempotency_key: z.string().min(1), ...chargeRequestSchema.shape };
const reversed = {
  idempotency_key: z.string().min(1),
  /** Empty when a key was forbidden that no charge had used, by a caller that did not say which order it is for. */
  order_id: z.string(),
  /** What was given back: the capture's amount, 0 for a void. */
  amount_minor: z.int().min(0),
};

/** A ledger entry before the ledger has given it its place. */
const chargeRecordSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('capture'), ...charged }),
  z.object({ kind: z.literal('decline'), ...charged, reason: z.string() }),
  z.object({ kind: z.literal('refund'), ...reversed }),
  z.object({ kind: z.literal('void'), ...reversed }),
]);
export type ChargeRecord = z.infer<typeof chargeRecordSchema>;

/** One line of the ledger, in the file as over HTTP; `seq` counts 1, 2, 3 … over the life of the acquirer. */
export const chargeEntrySchema = chargeRecordSchema.and(z.object({ seq: z.int().min(1) }));
export type ChargeEntry = z.infer<typeof chargeEntrySchema>;
