import type { CommandOrigin } from '#sut/platform/saga/command-origin.ts';

/** `PENDING` and `REVERSING` wait for the acquirer; the others are final but for a refund of `CAPTURED`. */
export const PAYMENT_STATUSES = ['PENDING', 'CAPTURED', 'DECLINED', 'REVERSING', 'REFUNDED', 'VOIDED'] as const;
export type PaymentStatus = (typeof PAYMENT_STATUSES)[number];

/** One payment of one saga. Amounts are integer minor units of `currency`. */
export interface Payment {
  readonly id: string;
  readonly sagaId: string;
  readonly orderId: string;
  readonly amountMinor: number;
  readonly currency: string;
  readonly card: string;
  readonly status: PaymentStatus;
  /** Why it was declined. */
  readonly reason?: string | undefined;
  /** The acquirer's id of the capture. */
  readonly chargeId?: string | undefined;
  /** The newest command whose reply is outstanding; present exactly while the acquirer's answer is. */
  readonly awaiting?: CommandOrigin | undefined;
}

/**
 * A saga pays once, so its id names the payment, and the payment's id is the acquirer's idempotency key: whoever
 * tries again, after whatever was forgotten, arrives at the same charge.
 */
export const paymentIdOf = (sagaId: string): string => `pay-${sagaId}`;
