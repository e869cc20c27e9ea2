import fc from 'fast-check';
import type { Workload } from '../../model/workload.ts';
import { connectShopClient } from './client.ts';
import { closingReads } from './closing-reads.ts';
import { drawCatalogue } from './draw-catalogue.ts';
import { drawRequests } from './draw-requests.ts';
import { seedProducts } from './seed-products.ts';

const WARM_UP = { orders: 8, withinMs: 1_500 } as const;

/** Customers of the shop: orders with contended stock, cancellations, repeated and conflicting requests, refused cards. */
export const shopWorkload: Workload = {
  name: 'shop',
  summary: 'customers place, repeat, cancel and read orders through the gateway',
  draw: ({ seed, stormMs, orders }) =>
    drawCatalogue(orders).chain((products) => {
      // The warm-up takes from products that never run out, so that the storm finds the scarce ones untouched.
      const ample = products.filter((product) => product.stock >= orders);
      return fc.record({
        products: fc.constant(products),
        warmUp: drawRequests({ prefix: 'warm-up', seed, ...WARM_UP, products: ample }),
        requests: drawRequests({ prefix: 'order', seed, orders, withinMs: stormMs, products }),
      });
    }),
  closing: closingReads,
  seed: seedProducts,
  connect: connectShopClient,
};
