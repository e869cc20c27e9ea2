import type { ProductRow, UserRow, WalletEntryRow, WalletRow } from '../model/harvest.ts';
import type { Mutable, MutableHarvest } from './mutable-harvest.ts';

const PARTICIPANTS = ['order', 'inventory', 'payment', 'notification', 'user', 'wallet'] as const;

const from = (service: string, topics: readonly string[]): readonly { service: string; topic: string }[] =>
  topics.map((topic) => ({ service, topic }));

const SUBSCRIPTIONS = [
  ...PARTICIPANTS.flatMap((service) => from(service, [`${service}.commands`])),
  ...from('orchestrator', ['order.events', ...PARTICIPANTS.map((service) => `${service}.replies`)]),
  ...from('notification', ['user.events']),
  ...from('event-store', ['saga.events', ...PARTICIPANTS.map((service) => `${service}.events`)]),
];

const CONSUMERS_OF: ReadonlyMap<string, readonly string[]> = new Map(
  SUBSCRIPTIONS.map(({ topic }) => [
    topic,
    SUBSCRIPTIONS.filter((other) => other.topic === topic).map(({ service }) => service),
  ]),
);
const PARTITIONS = 6;
const SPENDING_LIMIT_MINOR = 1_000_000_000;

export interface Publication {
  readonly service: string;
  readonly topic: string;
  readonly aggregateId: string;
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

  /** What each saga looks up again and again. */
  readonly #users = new Map<string, Mutable<UserRow>>();
  readonly #wallets = new Map<string, Mutable<WalletRow>>();

  /** The user, made on first sight as the user service does. */
  userOf(id: string): Mutable<UserRow> {
    let user = this.#users.get(id);
    if (user === undefined) {
      user = { id, limitMinor: SPENDING_LIMIT_MINOR, spentMinor: 0 };
      this.#users.set(id, user);
      this.harvest.users.push(user);
    }
    return user;
  }

  productOf(index: number): Mutable<ProductRow> {
    const product = this.harvest.products[index];
    if (product === undefined) throw new Error(`no product ${index}`);
    return product;
  }

  /** Writes a line of a wallet, and opens the wallet when it is the first. */
  enter(entry: WalletEntryRow): void {
    const { userId } = entry;
    let wallet = this.#wallets.get(userId);
    if (wallet === undefined) {
      wallet = { userId, points: 0, balanceMinor: 0 };
      this.#wallets.set(userId, wallet);
      this.harvest.wallets.push(wallet);
    }
    wallet.points += entry.points;
    wallet.balanceMinor += entry.balanceMinor;
    this.harvest.walletEntries.push({ ...entry });
  }

  tick(): number {
    this.#clockMs += 1;
    return this.#clockMs;
  }

  /** Returns the id of the message. */
  publish({ service, orderId, ...publication }: Publication): string {
    this.#messages += 1;
    const id = `m${this.#messages}`;
    const { topic, aggregateId, type } = publication;
    const version = this.#nextVersion(topic, aggregateId);
    const same = { ...publication, version };
    this.harvest.outbox.push({ service, id, orderId, processed: true, ...same });
    const partition = Number(/\d+/.exec(aggregateId)?.[0] ?? 0) % PARTITIONS;
    const offset = this.#nextOffset(topic, partition);
    this.harvest.topics.push({
      messageId: id,
      partition,
      offset,
      key: `${aggregateId}:${version}`,
      committed: true,
      ...same,
    });
    for (const consumer of CONSUMERS_OF.get(topic) ?? []) {
      this.harvest.inbox.push({ service: consumer, messageId: id, topic, outcome: 'applied' });
      // Positions have gaps where a transaction of the store was rolled back.
      const position = 3 * this.#messages;
      if (consumer === 'event-store')
        this.harvest.storedEvents.push({ position, messageId: id, topic, aggregateId, version, type, orderId });
    }
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
