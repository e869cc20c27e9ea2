import { z } from 'zod';
import type { Harvest } from '#invariants/model/harvest.ts';

/** The judge's own types, checked at run time: a bundle may come from anywhere, and a store may hold anything. */
export const harvestSchema = z.object({
  orders: z.array(
    z.object({
      id: z.string(),
      userId: z.string(),
      sagaId: z.string(),
      status: z.enum(['PENDING', 'CONFIRMED', 'CANCELLED']),
      totalMinor: z.number(),
      redeemPoints: z.number(),
      currency: z.string(),
      items: z.array(z.object({ productId: z.string(), quantity: z.number(), priceMinor: z.number() })),
    }),
  ),
  idempotencyKeys: z.array(z.object({ userId: z.string(), key: z.string(), orderId: z.string() })),
  sagas: z.array(
    z.object({
      id: z.string(),
      type: z.string(),
      orderId: z.string(),
      state: z.enum(['RUNNING', 'COMPENSATING', 'COMPLETED', 'COMPENSATED']),
      version: z.number(),
    }),
  ),
  transitions: z.array(
    z.object({
      sagaId: z.string(),
      seq: z.number(),
      from: z.string(),
      to: z.string(),
      step: z.string(),
      reason: z.string(),
      attempt: z.number(),
      atMs: z.number(),
      causeId: z.string(),
      causeSagaId: z.string(),
      traceId: z.string(),
    }),
  ),
  products: z.array(
    z.object({ id: z.string(), initial: z.number(), available: z.number(), reserved: z.number(), total: z.number() }),
  ),
  reservations: z.array(
    z.object({
      id: z.string(),
      productId: z.string(),
      orderId: z.string(),
      quantity: z.number(),
      status: z.enum(['RESERVED', 'CONFIRMED', 'CANCELLED', 'EXPIRED']),
    }),
  ),
  payments: z.array(
    z.object({
      id: z.string(),
      orderId: z.string(),
      amountMinor: z.number(),
      status: z.enum(['PENDING', 'CAPTURED', 'DECLINED', 'REVERSING', 'REFUNDED', 'VOIDED']),
    }),
  ),
  notifications: z.array(
    z.object({
      id: z.string(),
      orderId: z.string(),
      kind: z.enum(['confirmation', 'cancellation']),
      status: z.enum(['PENDING', 'SENT', 'FAILED']),
    }),
  ),
  users: z.array(z.object({ id: z.string(), limitMinor: z.number(), spentMinor: z.number() })),
  spendingHolds: z.array(
    z.object({
      sagaId: z.string(),
      orderId: z.string(),
      userId: z.string(),
      amountMinor: z.number(),
      status: z.enum(['HELD', 'RELEASED', 'REJECTED']),
    }),
  ),
  wallets: z.array(z.object({ userId: z.string(), points: z.number(), balanceMinor: z.number() })),
  walletEntries: z.array(
    z.object({
      id: z.string(),
      userId: z.string(),
      sagaId: z.string(),
      orderId: z.string(),
      kind: z.enum(['grant', 'redeem', 'give-back', 'earn', 'top-up']),
      points: z.number(),
      balanceMinor: z.number(),
    }),
  ),
  paymentRequests: z.array(
    z.object({
      id: z.string(),
      sagaId: z.string(),
      userId: z.string(),
      key: z.string(),
      amountMinor: z.number(),
    }),
  ),
  storedEvents: z.array(
    z.object({
      position: z.number(),
      messageId: z.string(),
      topic: z.string(),
      aggregateId: z.string(),
      version: z.number(),
      type: z.string(),
      orderId: z.string(),
    }),
  ),
  acquirer: z.array(
    z.object({
      seq: z.number(),
      kind: z.enum(['capture', 'refund', 'decline', 'void']),
      orderId: z.string(),
      idempotencyKey: z.string(),
      amountMinor: z.number(),
    }),
  ),
  deliveries: z.array(
    z.object({
      seq: z.number(),
      notificationId: z.string(),
      orderId: z.string(),
      kind: z.enum(['confirmation', 'cancellation']),
    }),
  ),
  outbox: z.array(
    z.object({
      service: z.string(),
      id: z.string(),
      topic: z.string(),
      aggregateId: z.string(),
      type: z.string(),
      version: z.number(),
      causeId: z.string(),
      orderId: z.string(),
      processed: z.boolean(),
      traceId: z.string(),
    }),
  ),
  inbox: z.array(z.object({ service: z.string(), messageId: z.string(), topic: z.string(), outcome: z.string() })),
  topics: z.array(
    z.object({
      topic: z.string(),
      partition: z.number(),
      offset: z.number(),
      key: z.string(),
      messageId: z.string(),
      aggregateId: z.string(),
      type: z.string(),
      version: z.number(),
      committed: z.boolean(),
      causeId: z.string(),
      traceId: z.string(),
    }),
  ),
  subscriptions: z.array(z.object({ service: z.string(), topic: z.string() })),
  stillAtWork: z.string().exactOptional(),
  unreadable: z.array(z.object({ source: z.string(), reason: z.string() })),
}) satisfies z.ZodType<Harvest>;
