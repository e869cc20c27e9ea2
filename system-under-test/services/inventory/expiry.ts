import type { MongoStore } from '#sut/platform/mongo/mongo-store.ts';
import { type AnyWorker, durableWorker } from '#sut/platform/worker/durable-worker.ts';
import { expireStock, type HoldRequest } from './hold-stock.ts';
import { holdsOf } from './store/inventory-collections.ts';

/**
 * Returns the stock of overdue reservations. Looking for them is only a hint: each is decided on again in its own
 * transaction, so a confirmation that comes in between wins or loses as a whole.
 */
export function expiryWorker(store: MongoStore, nowMs: () => number): AnyWorker {
  return durableWorker<HoldRequest>({
    name: 'reservation-expiry',
    take: (limit, excludedIds) => findOverdue(store, { limit, excludedIds, nowMs: nowMs() }),
    id: (request) => request.id,
    run: async (request) => {
      await store.transaction((unit) => expireStock(unit, request, nowMs()));
    },
  });
}

async function findOverdue(
  store: MongoStore,
  query: { readonly limit: number; readonly excludedIds: readonly string[]; readonly nowMs: number },
): Promise<readonly HoldRequest[]> {
  const overdue = { status: 'RESERVED' as const, expires_at: { $lte: new Date(query.nowMs) } };
  const documents = await store.read((db) =>
    holdsOf(db)
      .find({ ...overdue, _id: { $nin: [...query.excludedIds] } })
      .sort({ expires_at: 1 })
      .limit(query.limit)
      .toArray(),
  );
  return documents.map(({ _id: id, order_id: orderId, saga_id: sagaId }) => ({
    id,
    orderId,
    sagaId: sagaId ?? undefined,
  }));
}
