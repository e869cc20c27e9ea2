import type { Workload } from '../../model/workload.ts';
import { connectShopClient } from './client.ts';
import { closingReads } from './closing-reads.ts';
import { drawShop } from './draw-shop.ts';
import { seedShop } from './seed-shop.ts';

/**
 * Customers of the shop: orders with contended stock, tight spending limits and points, cancellations, repeated and conflicting
 * requests, refused cards; and some payments into their wallets.
 */
export const shopWorkload: Workload = {
  name: 'shop',
  summary: 'customers place, repeat, cancel and read orders, and pay into their wallets, through the gateway',
  draw: (size) => drawShop(size, { orders: 1, payments: 0.2 }),
  closing: closingReads,
  seed: seedShop,
  connect: connectShopClient,
};
