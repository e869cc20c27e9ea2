import type { Harvest, OutboxRow, TopicRecord } from '#invariants/model/harvest.ts';
import type { Environment } from '#sut/contract/environment.ts';
import { SUBSCRIPTIONS, TOPICS } from '#sut/contract/topics.ts';
import type { PlannedProduct } from '../../model/plan.ts';
import { reasonOf } from '../reason-of.ts';
import { isOnPostgres, STORED_SERVICES, type Stores } from '../stores/stores.ts';
import {
  readMongodbInbox,
  readMongodbOutbox,
  readNotifications,
  readProducts,
  readReservations,
  readWalletEntries,
  readWallets,
} from './read-mongodb.ts';
import {
  readIdempotencyKeys,
  readOrders,
  readPaymentRequests,
  readPayments,
  readPostgresInbox,
  readPostgresOutbox,
  readSagas,
  readSpendingHolds,
  readStoredEvents,
  readTransitions,
  readUsers,
} from './read-postgres.ts';
import { readTopics } from './read-topics.ts';
import { readAcquirer, readDeliveries } from './read-witnesses.ts';

/**
 * Reads the final state of every store, topic and witness, directly and not through proxies. Never rejects but for the signal: a
 * source that cannot be read stands in `unreadable`, named by its field (and service).
 */
export async function readHarvest(
  stores: Stores,
  environment: Environment,
  products: readonly PlannedProduct[],
  signal: AbortSignal,
): Promise<Harvest> {
  const unreadable: { source: string; reason: string }[] = [];
  const from = async <Row>(source: string, read: () => Promise<readonly Row[]>): Promise<readonly Row[]> => {
    try {
      return await read();
    } catch (error) {
      signal.throwIfAborted();
      unreadable.push({ source, reason: reasonOf(error) });
      return [];
    }
  };
  const outbox = STORED_SERVICES.map((service) =>
    from(`outbox/${service}`, () =>
      isOnPostgres(service) ? readPostgresOutbox(stores, service) : readMongodbOutbox(stores, service),
    ),
  );
  const inbox = STORED_SERVICES.map((service) =>
    from(`inbox/${service}`, () =>
      isOnPostgres(service) ? readPostgresInbox(stores, service) : readMongodbInbox(stores, service),
    ),
  );
  const records = await from('topics', () => readTopics(environment.entryPorts('kafka'), TOPICS, signal));
  return {
    orders: await from('orders', () => readOrders(stores)),
    idempotencyKeys: await from('idempotencyKeys', () => readIdempotencyKeys(stores)),
    sagas: await from('sagas', () => readSagas(stores)),
    transitions: await from('transitions', () => readTransitions(stores)),
    products: await from('products', () => readProducts(stores, products)),
    reservations: await from('reservations', () => readReservations(stores)),
    payments: await from('payments', () => readPayments(stores)),
    notifications: await from('notifications', () => readNotifications(stores)),
    users: await from('users', () => readUsers(stores)),
    spendingHolds: await from('spendingHolds', () => readSpendingHolds(stores)),
    wallets: await from('wallets', () => readWallets(stores)),
    walletEntries: await from('walletEntries', () => readWalletEntries(stores)),
    paymentRequests: await from('paymentRequests', () => readPaymentRequests(stores)),
    storedEvents: await from('storedEvents', () => readStoredEvents(stores)),
    acquirer: await from('acquirer', () => readAcquirer(environment, signal)),
    deliveries: await from('deliveries', () => readDeliveries(environment, signal)),
    outbox: withPublished(environment, (await Promise.all(outbox)).flat(), records),
    inbox: (await Promise.all(inbox)).flat(),
    topics: records,
    subscriptions: Object.entries(SUBSCRIPTIONS).flatMap(([service, topics]) =>
      topics.map((topic) => ({ service, topic })),
    ),
    unreadable,
  };
}

/**
 * The relay marks the rows that it has published. Debezium marks none, and keeps a position and no list: its rows count as
 * processed when a read_committed reader finds them in a topic.
 */
function withPublished(
  { publisher }: Environment,
  rows: readonly OutboxRow[],
  records: readonly TopicRecord[],
): readonly OutboxRow[] {
  if (publisher === 'relay') return rows;
  const seen = new Set(records.filter(({ committed }) => committed).map(({ messageId }) => messageId));
  return rows.map((row) => ({ ...row, processed: seen.has(row.id) }));
}
