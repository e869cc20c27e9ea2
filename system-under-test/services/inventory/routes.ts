import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { HttpError } from '#sut/platform/http/http-error.ts';
import { parseInput } from '#sut/platform/http/parse-input.ts';
import type { MongoStore, MongoTx } from '#sut/platform/mongo/mongo-store.ts';
import type { UnitOfWork } from '#sut/platform/store.ts';
import type { Answer } from './domain/decide-hold.ts';
import { cancelStock, confirmStock, type HoldRequest, reserveStock } from './hold-stock.ts';
import { productsOf, type ReservationDocument, reservationsOf } from './store/inventory-collections.ts';

const idSchema = z.string().min(1).max(64);
const newProductSchema = z.object({
  available_stock: z.int().min(0).max(1_000_000_000),
  location: z.string().min(1).max(64),
});
const reserveSchema = z.object({
  product_id: idSchema,
  order_id: idSchema,
  quantity: z.int().min(1).max(1_000),
});

export interface InventoryRouteOptions {
  readonly store: MongoStore;
  readonly reservationTtlMs: number;
  readonly nowMs: () => number;
  readonly newId: () => string;
}

/** The inventory part of the public API (`contract/api.ts`). */
export function inventoryRoutes(app: FastifyInstance, options: InventoryRouteOptions): void {
  const { store } = options;
  app.put<{ Params: { id: string } }>('/inventory/products/:id', async (request, reply) => {
    const product = await createProduct(
      options,
      parseInput(idSchema, request.params.id),
      parseInput(newProductSchema, request.body),
    );
    return reply.code(201).send(product);
  });

  app.get<{ Params: { id: string } }>('/inventory/products/:id', async (request) => {
    const product = await productsOf(store.db).findOne({ _id: request.params.id }, { projection: { _id: 0 } });
    if (product === null) throw new HttpError(404, `no product '${request.params.id}'`);
    return product;
  });

  app.post('/inventory/reserve', async (request) => {
    const { product_id: productId, order_id: orderId, quantity } = parseInput(reserveSchema, request.body);
    const id = options.newId();
    await store.transaction(async (unit) => {
      const lines = [{ productId, quantity }];
      const answer = await reserveStock(
        unit,
        { id, orderId, sagaId: undefined },
        { lines, ttlMs: options.reservationTtlMs, nowMs: options.nowMs() },
      );
      // Thrown inside the transaction: nobody will ask for this id again, so its rejection need not be kept.
      if (answer.outcome === 'rejected') throw new HttpError(409, answer.reason, answer.details);
    });
    return { reservation: await readReservation(store, id) };
  });

  app.post<{ Params: { id: string } }>('/inventory/reservations/:id/confirm', (request) =>
    endReservation(options, request.params.id, confirmStock),
  );
  app.post<{ Params: { id: string } }>('/inventory/reservations/:id/cancel', (request) =>
    endReservation(options, request.params.id, cancelStock),
  );
}

async function createProduct(
  { store, nowMs }: InventoryRouteOptions,
  id: string,
  { available_stock: stock, location }: z.infer<typeof newProductSchema>,
): Promise<Readonly<Record<string, unknown>>> {
  const product = {
    product_id: id,
    available_stock: stock,
    reserved_stock: 0,
    total_stock: stock,
    location,
    last_updated: new Date(nowMs()),
    version: 1,
  };
  const { upsertedCount } = await productsOf(store.db).updateOne(
    { _id: id },
    { $setOnInsert: product },
    { upsert: true },
  );
  if (upsertedCount === 0) throw new HttpError(409, `product '${id}' exists already`);
  return product;
}

type EndStock = (unit: UnitOfWork<MongoTx>, request: HoldRequest, nowMs: number) => Promise<Answer>;

async function endReservation(
  { store, nowMs }: InventoryRouteOptions,
  id: string,
  end: EndStock,
): Promise<{ status: string }> {
  const reservation = await findReservation(store, id);
  // One reservation of a saga may not go its own way: the saga's are all or nothing.
  if (reservation.saga_id !== null)
    throw new HttpError(409, `reservation '${id}' belongs to saga ${reservation.saga_id}`);
  const request = { id, orderId: reservation.order_id, sagaId: undefined };
  const answer = await store.transaction((unit) => end(unit, request, nowMs()));
  if (answer.outcome === 'rejected') throw new HttpError(409, answer.reason);
  return { status: (await findReservation(store, id)).status };
}

async function findReservation(store: MongoStore, id: string): Promise<ReservationDocument> {
  const reservation = await reservationsOf(store.db).findOne({ _id: id });
  if (reservation === null) throw new HttpError(404, `no reservation '${id}'`);
  return reservation;
}

async function readReservation(store: MongoStore, id: string): Promise<Readonly<Record<string, unknown>>> {
  const { _id, ...fields } = await findReservation(store, id);
  return { id: _id, ...fields };
}
