/**
 * The final state of every store, topic and outside ledger, read directly after quiesce. Amounts are integer
 * minor units (cents), times are epoch milliseconds. This is the judge's own vocabulary: who harvests
 * translates into it, so that the judge shares nothing with the accused.
 */
export interface Harvest {
  readonly orders: readonly OrderRow[];
  readonly idempotencyKeys: readonly IdempotencyKeyRow[];
  readonly sagas: readonly SagaRow[];
  readonly transitions: readonly TransitionRow[];
  readonly products: readonly ProductRow[];
  readonly reservations: readonly ReservationRow[];
  readonly payments: readonly PaymentRow[];
  readonly notifications: readonly NotificationRow[];
  readonly users: readonly UserRow[];
  readonly spendingHolds: readonly SpendingHoldRow[];
  readonly wallets: readonly WalletRow[];
  readonly walletEntries: readonly WalletEntryRow[];
  readonly paymentRequests: readonly PaymentRequestRow[];
  readonly storedEvents: readonly StoredEventRow[];
  readonly acquirer: readonly AcquirerEntry[];
  readonly deliveries: readonly DeliveryEntry[];
  readonly outbox: readonly OutboxRow[];
  readonly inbox: readonly InboxRow[];
  readonly topics: readonly TopicRecord[];
  /** Who should have consumed what. */
  readonly subscriptions: readonly { readonly service: string; readonly topic: string }[];
  /**
   * What a system was still doing when it was harvested, although its work grew less to the end: given only when waiting was cut off. What
   * such a system lacks may have been about to come, so it refutes nothing; what nothing undoes does (`Violation.isFinal`).
   */
  readonly stillAtWork?: string;
  /**
   * Sources that could not be read, with the reason. `source` is a field of the harvest, optionally followed by a
   * slash and a part of it (`outbox/payment`). Anything here makes dependent claims `unknown`; a source that is no
   * field of the harvest makes all claims that rest on the harvest `unknown`.
   */
  readonly unreadable: readonly { readonly source: string; readonly reason: string }[];
}

export interface OrderRow {
  readonly id: string;
  readonly userId: string;
  readonly sagaId: string;
  readonly status: 'PENDING' | 'CONFIRMED' | 'CANCELLED';
  /** Sum of its items. */
  readonly totalMinor: number;
  /** Points that the customer pays with, each worth one minor unit: the card is charged the rest. */
  readonly redeemPoints: number;
  readonly currency: string;
  readonly items: readonly { readonly productId: string; readonly quantity: number; readonly priceMinor: number }[];
}

/** The order service's memory of a request: one key of one user belongs to one order. */
export interface IdempotencyKeyRow {
  readonly userId: string;
  readonly key: string;
  readonly orderId: string;
}

export interface SagaRow {
  readonly id: string;
  /** `order` or `payment`. */
  readonly type: string;
  /** The order, or the payment request, that it is about. */
  readonly orderId: string;
  readonly state: 'RUNNING' | 'COMPENSATING' | 'COMPLETED' | 'COMPENSATED';
  readonly version: number;
}

/** One logged transition of a saga; `seq` counts 1, 2, 3 … per saga. */
export interface TransitionRow {
  readonly sagaId: string;
  readonly seq: number;
  /** State before and after; `from` is empty in the transition that starts the saga. */
  readonly from: string;
  readonly to: string;
  readonly step: string;
  readonly reason: string;
  readonly attempt: number;
  readonly atMs: number;
  /** Id of the message that caused it; empty for a timeout. */
  readonly causeId: string;
  /** Saga that the causing message belonged to; must equal `sagaId`. */
  readonly causeSagaId: string;
  readonly traceId: string;
}

export interface ProductRow {
  readonly id: string;
  readonly initial: number;
  readonly available: number;
  readonly reserved: number;
  /** Units still owned: available + reserved. */
  readonly total: number;
}

export interface ReservationRow {
  readonly id: string;
  readonly productId: string;
  readonly orderId: string;
  readonly quantity: number;
  readonly status: 'RESERVED' | 'CONFIRMED' | 'CANCELLED' | 'EXPIRED';
}

export interface PaymentRow {
  readonly id: string;
  readonly orderId: string;
  readonly amountMinor: number;
  /** `PENDING`/`REVERSING`: the acquirer's answer is outstanding. `VOIDED`: undone before it ever ran. */
  readonly status: 'PENDING' | 'CAPTURED' | 'DECLINED' | 'REVERSING' | 'REFUNDED' | 'VOIDED';
}

export interface NotificationRow {
  readonly id: string;
  readonly orderId: string;
  readonly kind: 'confirmation' | 'cancellation';
  readonly status: 'PENDING' | 'SENT' | 'FAILED';
}

export interface UserRow {
  readonly id: string;
  readonly limitMinor: number;
  /** Sum of what is held; at most the limit. */
  readonly spentMinor: number;
}

/** What an order takes of its user's spending limit; it stays HELD when the order is confirmed. */
export interface SpendingHoldRow {
  readonly sagaId: string;
  readonly orderId: string;
  readonly userId: string;
  readonly amountMinor: number;
  readonly status: 'HELD' | 'RELEASED' | 'REJECTED';
}

export interface WalletRow {
  readonly userId: string;
  readonly points: number;
  readonly balanceMinor: number;
}

/** One append-only line of a wallet: signed changes of points and balance. */
export interface WalletEntryRow {
  readonly id: string;
  readonly userId: string;
  /** Empty for a grant. */
  readonly sagaId: string;
  readonly orderId: string;
  readonly kind: 'grant' | 'redeem' | 'give-back' | 'earn' | 'top-up';
  readonly points: number;
  readonly balanceMinor: number;
}

/** What a client asked of a payment saga, in the orchestrator's memory. `id` is the saga's `orderId`. */
export interface PaymentRequestRow {
  readonly id: string;
  readonly sagaId: string;
  readonly userId: string;
  readonly key: string;
  readonly amountMinor: number;
}

/** A line of the event store; `position` grows, not without gaps. */
export interface StoredEventRow {
  readonly position: number;
  readonly messageId: string;
  readonly topic: string;
  readonly aggregateId: string;
  readonly version: number;
  readonly type: string;
  /** Order or payment request that it is about; empty when there is none. */
  readonly orderId: string;
}

/** One line of the acquirer's own append-only ledger, in the order of `seq`. */
export interface AcquirerEntry {
  readonly seq: number;
  readonly kind: 'capture' | 'refund' | 'decline' | 'void';
  readonly orderId: string;
  readonly idempotencyKey: string;
  readonly amountMinor: number;
}

/** One message that the provider really delivered to a person. */
export interface DeliveryEntry {
  readonly seq: number;
  readonly notificationId: string;
  readonly orderId: string;
  readonly kind: 'confirmation' | 'cancellation';
}

/** A committed outbox row of a service. `aggregateId` + `version` is its place in its aggregate's order. */
export interface OutboxRow {
  readonly service: string;
  readonly id: string;
  readonly topic: string;
  readonly aggregateId: string;
  readonly type: string;
  readonly version: number;
  /** Id of the message whose handling wrote it; empty for a client's request or a timer. */
  readonly causeId: string;
  /** Order that it is about; empty when there is none. */
  readonly orderId: string;
  readonly processed: boolean;
  readonly traceId: string;
}

/** A consumer's durable memory that it applied a message. */
export interface InboxRow {
  readonly service: string;
  readonly messageId: string;
  readonly topic: string;
  /** What the handler did: applied the effect, or found that there was nothing to do. */
  readonly outcome: string;
}

/** One record of a topic, at its place; `committed` is false when only read_uncommitted shows it. */
export interface TopicRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly key: string;
  readonly messageId: string;
  readonly aggregateId: string;
  readonly type: string;
  readonly version: number;
  readonly committed: boolean;
  /** Id of the message whose handling wrote it; empty for a client's request or a timer. */
  readonly causeId: string;
  readonly traceId: string;
}
