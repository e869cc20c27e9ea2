import { z } from 'zod';
import type { Environment } from '#sut/contract/environment.ts';
import type { StoredService } from '#sut/contract/stores.ts';
import type { SystemActivity } from '../../model/system-activity.ts';
import { consumerLag } from './consumer-lag.ts';
import { isOnPostgres, STORED_SERVICES, type Stores } from './stores.ts';

const countSchema = z.tuple([z.object({ count: z.coerce.number() })]);
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
    Promise.all(STORED_SERVICES.map(async (service) => [service, await unprocessed(stores, service)] as const)),
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
    outbox: Object.fromEntries(outbox),
    lag,
    pending: { payments: countSchema.parse(payments)[0].count, notifications },
  };
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
