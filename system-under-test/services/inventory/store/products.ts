import type { MongoTx } from '#sut/platform/mongo/mongo-store.ts';
import type { Line } from '../domain/hold.ts';
import type { StockChange } from '../domain/stock-change.ts';
import { productsOf } from './inventory-collections.ts';

/** Available units of those of the products that exist, in the transaction's snapshot. */
export async function readAvailable(tx: MongoTx, productIds: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const products = await productsOf(tx.db)
    .find({ _id: { $in: [...productIds] } }, { session: tx.session, projection: { available_stock: 1 } })
    .toArray();
  return new Map(products.map((product) => [product._id, product.available_stock]));
}

/**
 * Applies a change to one line's product. Conditional on the units being there, although the caller has looked: the
 * filter holds even if somebody decides without reading in the same transaction.
 */
export async function changeStock(tx: MongoTx, line: Line, change: StockChange, now: Date): Promise<void> {
  const { productId, quantity } = line;
  const { matchedCount } = await productsOf(tx.db).updateOne(
    {
      _id: productId,
      available_stock: { $gte: change.available < 0 ? quantity : 0 },
      reserved_stock: { $gte: change.reserved < 0 ? quantity : 0 },
    },
    {
      $inc: {
        available_stock: change.available * quantity,
        reserved_stock: change.reserved * quantity,
        total_stock: change.total * quantity,
        version: 1,
      },
      $set: { last_updated: now },
    },
    { session: tx.session },
  );
  if (matchedCount === 0) throw new Error(`product ${productId} has not the ${quantity} units that were decided on`);
}
