import type {
  AcquirerEntry,
  DeliveryEntry,
  Harvest,
  InboxRow,
  NotificationRow,
  OrderRow,
  OutboxRow,
  PaymentRequestRow,
  PaymentRow,
  ProductRow,
  ReservationRow,
  SagaRow,
  SpendingHoldRow,
  StoredEventRow,
  TopicRecord,
  TransitionRow,
  UserRow,
  WalletEntryRow,
  WalletRow,
} from '../model/harvest.ts';

/** A row that can be written. */
export type Mutable<Row> = { -readonly [Field in keyof Row]: Row[Field] };

/** A harvest that can be written, for building one up and for spoiling one. */
export interface MutableHarvest extends Harvest {
  readonly orders: Mutable<OrderRow>[];
  readonly idempotencyKeys: Mutable<Harvest['idempotencyKeys'][number]>[];
  readonly sagas: Mutable<SagaRow>[];
  readonly transitions: Mutable<TransitionRow>[];
  readonly products: Mutable<ProductRow>[];
  readonly reservations: Mutable<ReservationRow>[];
  readonly payments: Mutable<PaymentRow>[];
  readonly notifications: Mutable<NotificationRow>[];
  readonly users: Mutable<UserRow>[];
  readonly spendingHolds: Mutable<SpendingHoldRow>[];
  readonly wallets: Mutable<WalletRow>[];
  readonly walletEntries: Mutable<WalletEntryRow>[];
  readonly paymentRequests: Mutable<PaymentRequestRow>[];
  readonly storedEvents: Mutable<StoredEventRow>[];
  readonly acquirer: Mutable<AcquirerEntry>[];
  readonly deliveries: Mutable<DeliveryEntry>[];
  readonly outbox: Mutable<OutboxRow>[];
  readonly inbox: Mutable<InboxRow>[];
  readonly topics: Mutable<TopicRecord>[];
}
