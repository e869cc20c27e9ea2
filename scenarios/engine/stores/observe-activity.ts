import { z } from 'zod';
import type { Environment } from '#sut/contract/environment.ts';
import type { StoredService } from '#sut/contract/stores.ts';
import type { SystemActivity } from '../../model/system-activity.ts';
import { consumerLag } from './consumer-lag.ts';
import { isOnPostgres, STORED_SERVICES, type Stores } from './stores.ts';

const countSchema = z.tuple([z.object({ count: z.coerce.number() })]);
const topicCountsSchema = z.array(z.object({ topic: z.string(), count: z.coerce.number() }));
const sagaSchema = z.object({ id: z.string(), state: z.string(), step: z.unknown(), version: z.coerce.number() });
const idSchema = z.object({ id: z.string() });

/** Looks once at everything that the system still has to do. Rejects when a store or the broker does not answer. */
export async function observeActivity(
  stores: Stores,
  environment: Environment,
  signal: AbortSignal,
): Promise<SystemActivity> {
  const [lag, outbox, sagas, orders, payments, notifications] = await Promise.all([
    consumerLag(environment.entryPorts('kafka'), signal),
    pendingOutboxes(stores, environment, signal),
    stores.rows(
      'orchestrator',
      "select id, state, step, version from sagas where state not in ('COMPLETED', 'COMPENSATED') order by id",
    ),
    stores.rows('order', "select id from orders where status = 'PENDING' order by id"),
    stores.rows('payment', "select count(*) from payments where status in ('PENDING', 'REVERSING')"),
    pendingNotifications(stores),
  ]);
  return {
    sagas: z
      .array(sagaSchema)
      .parse(sagas)
      .map(({ id, state, step, version }) => `${id} ${state} ${step} v${version}`),
    orders: z
      .array(idSchema)
      .parse(orders)
      .map(({ id }) => id),
    outbox,
    lag,
    pending: { payments: countSchema.parse(payments)[0].count, notifications },
  };
}

/** Messages of each service that nobody has published yet. */
async function pendingOutboxes(
  stores: Stores,
  { publisher }: Environment,
  signal: AbortSignal,
): Promise<Readonly<Record<string, number>>> {
  // Debezium marks no row: what counts is what a reader of the topics sees.
  const published = publisher === 'debezium' ? await stores.published.countByTopic(signal) : undefined;
  const counts = STORED_SERVICES.map(
    async (service) =>
      [service, await (published ? unpublished(stores, service, published) : unprocessed(stores, service))] as const,
  );
  return Object.fromEntries(await Promise.all(counts));
}

async function unpublished(
  stores: Stores,
  service: StoredService,
  published: ReadonlyMap<string, number>,
): Promise<number> {
  const rows = topicCountsSchema.parse(await countsByTopic(stores, service));
  return rows.reduce((sum, { topic, count }) => sum + Math.max(0, count - (published.get(topic) ?? 0)), 0);
}

async function countsByTopic(stores: Stores, service: StoredService): Promise<readonly unknown[]> {
  if (isOnPostgres(service)) return stores.rows(service, 'select topic, count(*) from outbox_events group by topic');
  const documents = await stores.documents(service);
  const group = { $group: { _id: '$topic', count: { $sum: 1 } } };
  return documents
    .collection('outbox_events')
    .aggregate([group, { $project: { topic: '$_id', count: 1 } }])
    .toArray();
}

async function unprocessed(stores: Stores, service: StoredService): Promise<number> {
  if (!isOnPostgres(service)) {
    const documents = await stores.documents(service);
    return documents.collection('outbox_events').countDocuments({ processed_at: null });
  }
  const rows = await stores.rows(service, 'select count(*) from outbox_events where processed_at is null');
  return countSchema.parse(rows)[0].count;
}

async function pendingNotifications(stores: Stores): Promise<number> {
  const documents = await stores.documents('notification');
  return documents.collection('notifications').countDocuments({ status: 'PENDING' });
}
