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

type Mutable<Row> = { -readonly [Field in keyof Row]: Row[Field] };

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

const PARTICIPANTS = ['order', 'inventory', 'payment', 'notification'] as const;

const SUBSCRIPTIONS = [
  ...PARTICIPANTS.map((service) => ({ service: service as string, topic: `${service}.commands` })),
  ...['order.events', ...PARTICIPANTS.map((service) => `${service}.replies`)].map((topic) => ({
    service: 'orchestrator',
    topic,
  })),
];

const CONSUMER_OF: ReadonlyMap<string, string> = new Map(SUBSCRIPTIONS.map(({ service, topic }) => [topic, service]));
const PARTITIONS = 6;

export interface Publication {
  readonly service: string;
  readonly topic: string;
  readonly type: string;
  readonly orderId: string;
  readonly causeId: string;
  readonly traceId: string;
}

/** The messaging of a shop in which nothing ever goes wrong: what is published is relayed and handled at once. */
export class SimulatedSystem {
  readonly harvest: MutableHarvest = {
    orders: [],
    idempotencyKeys: [],
    sagas: [],
    transitions: [],
    products: [],
    reservations: [],
    payments: [],
    notifications: [],
    users: [],
    spendingHolds: [],
    wallets: [],
    walletEntries: [],
    paymentRequests: [],
    storedEvents: [],
    acquirer: [],
    deliveries: [],
    outbox: [],
    inbox: [],
    topics: [],
    subscriptions: SUBSCRIPTIONS,
    unreadable: [],
  };
  readonly #versions = new Map<string, Map<string, number>>();
  readonly #offsets = new Map<string, number[]>();
  #messages = 0;
  #clockMs = 1_700_000_000_000;

  tick(): number {
    this.#clockMs += 1;
    return this.#clockMs;
  }

  /** Returns the id of the message. */
  publish({ service, topic, type, orderId, causeId, traceId }: Publication): string {
    this.#messages += 1;
    const id = `m${this.#messages}`;
    const version = this.#nextVersion(topic, orderId);
    const same = { topic, aggregateId: orderId, type, version, causeId, traceId };
    this.harvest.outbox.push({ service, id, orderId, processed: true, ...same });
    const partition = Number(orderId.slice(1)) % PARTITIONS;
    const offset = this.#nextOffset(topic, partition);
    this.harvest.topics.push({
      messageId: id,
      partition,
      offset,
      key: `${orderId}:${version}`,
      committed: true,
      ...same,
    });
    const consumer = CONSUMER_OF.get(topic);
    if (consumer !== undefined)
      this.harvest.inbox.push({ service: consumer, messageId: id, topic, outcome: 'applied' });
    return id;
  }

  #nextVersion(topic: string, aggregateId: string): number {
    let ofTopic = this.#versions.get(topic);
    if (ofTopic === undefined) {
      ofTopic = new Map();
      this.#versions.set(topic, ofTopic);
    }
    const version = (ofTopic.get(aggregateId) ?? 0) + 1;
    ofTopic.set(aggregateId, version);
    return version;
  }

  #nextOffset(topic: string, partition: number): number {
    let offsets = this.#offsets.get(topic);
    if (offsets === undefined) {
      offsets = new Array<number>(PARTITIONS).fill(0);
      this.#offsets.set(topic, offsets);
    }
    // A transaction marker takes an offset of its own, so offsets have gaps.
    const offset = offsets[partition] ?? 0;
    offsets[partition] = offset + 2;
    return offset;
  }
}
