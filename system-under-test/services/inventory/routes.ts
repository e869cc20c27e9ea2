import type { FastifyInstance } from 'fastify';
import { INVENTORY_ENDPOINTS } from '#sut/contract/endpoints/inventory.ts';
import { documentedRoute } from '#sut/platform/http/documented-route.ts';
import { HttpError } from '#sut/platform/http/http-error.ts';
import { isDuplicateKey } from '#sut/platform/mongo/classify-error.ts';
import type { MongoStore, MongoTx } from '#sut/platform/mongo/mongo-store.ts';
import type { UnitOfWork } from '#sut/platform/store.ts';
import type { Answer } from './domain/decide-hold.ts';
import { cancelStock, confirmStock, type HoldRequest, reserveStock } from './hold-stock.ts';
import { productsOf, type ReservationDocument, reservationsOf } from './store/inventory-collections.ts';

export interface InventoryRouteOptions {
  readonly store: MongoStore;
  readonly reservationTtlMs: number;
  readonly nowMs: () => number;
  readonly newId: () => string;
}

/** The inventory part of the public API (`contract/api.ts`). */
export function inventoryRoutes(app: FastifyInstance, options: InventoryRouteOptions): void {
  const { store } = options;
  documentedRoute(app, INVENTORY_ENDPOINTS.createProduct, async ({ params: { id }, body }) => [
    201,
    await createProduct(options, id, body),
  ]);

  documentedRoute(app, INVENTORY_ENDPOINTS.readProduct, async ({ params: { id } }) => {
    const product = await store.read((db) => productsOf(db).findOne({ _id: id }, { projection: { _id: 0 } }));
    if (product === null) throw new HttpError(404, `no product '${id}'`);
    return [200, product];
  });

  documentedRoute(app, INVENTORY_ENDPOINTS.reserve, async ({ body }) => {
    const { product_id: productId, order_id: orderId, quantity } = body;
    const id = options.newId();
    const reservation = await store.transaction(async (unit) => {
      const lines = [{ productId, quantity }];
      const answer = await reserveStock(
        unit,
        { id, orderId, sagaId: undefined },
        { lines, ttlMs: options.reservationTtlMs, nowMs: options.nowMs() },
      );
      // Thrown inside the transaction: nobody will ask for this id again, so its rejection need not be kept.
      if (answer.outcome === 'rejected') throw new HttpError(409, answer.reason, answer.details);
      return findReservation(unit.tx, id);
    });
    return [200, { reservation: present(reservation) }];
  });

  documentedRoute(app, INVENTORY_ENDPOINTS.confirmReservation, async ({ params: { id } }) => [
    200,
    await endReservation(options, id, confirmStock),
  ]);
  documentedRoute(app, INVENTORY_ENDPOINTS.cancelReservation, async ({ params: { id } }) => [
    200,
    await endReservation(options, id, cancelStock),
  ]);
}

async function createProduct(
  { store, nowMs }: InventoryRouteOptions,
  id: string,
  { available_stock: stock, location }: { readonly available_stock: number; readonly location: string },
) {
  const product = {
    product_id: id,
    available_stock: stock,
    reserved_stock: 0,
    total_stock: stock,
    location,
    last_updated: new Date(nowMs()),
    version: 1,
  };
  return store.transaction(async ({ tx: { db, session } }) => {
    try {
      await productsOf(db).insertOne({ _id: id, ...product }, { session });
    } catch (error) {
      throw isDuplicateKey(error) ? new HttpError(409, `product '${id}' exists already`) : error;
    }
    return product;
  });
}

type EndStock = (unit: UnitOfWork<MongoTx>, request: HoldRequest, nowMs: number) => Promise<Answer>;

async function endReservation(
  { store, nowMs }: InventoryRouteOptions,
  id: string,
  end: EndStock,
): Promise<{ status: string }> {
  const { answer, status } = await store.transaction(async (unit) => {
    const reservation = await findReservation(unit.tx, id);
    // One reservation of a saga may not go its own way: the saga's are all or nothing.
    if (reservation.saga_id !== null)
      throw new HttpError(409, `reservation '${id}' belongs to saga ${reservation.saga_id}`);
    const request = { id, orderId: reservation.order_id, sagaId: undefined };
    const ended = await end(unit, request, nowMs());
    return { answer: ended, status: (await findReservation(unit.tx, id)).status };
  });
  // Not thrown in the transaction: confirming what is overdue lets it expire, which must commit.
  if (answer.outcome === 'rejected') throw new HttpError(409, answer.reason);
  return { status };
}

/**
 * As the transaction leaves it. Not read after the commit: when the database goes away then, the answer would be that nothing was
 * written.
 */
async function findReservation({ db, session }: MongoTx, id: string): Promise<ReservationDocument> {
  const reservation = await reservationsOf(db).findOne({ _id: id }, { session });
  if (reservation === null) throw new HttpError(404, `no reservation '${id}'`);
  return reservation;
}

const present = ({ _id: id, ...fields }: ReservationDocument) => ({ id, ...fields });
