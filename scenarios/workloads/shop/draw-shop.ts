import fc, { type Arbitrary } from 'fast-check';
import type { DrawnWorkload, WorkloadSize } from '../../model/workload.ts';
import { drawCatalogue } from './draw-catalogue.ts';
import { drawCustomers } from './draw-customers.ts';
import { drawOrders } from './draw-orders.ts';
import { drawPayments } from './draw-payments.ts';

const WARM_UP = { orders: 8, payments: 3, withinMs: 1_500 } as const;

/** What customers do, as shares of the run's `orders`. */
export interface ShopMix {
  readonly orders: number;
  readonly payments: number;
}

/** Draws the products, customers and requests of a run. */
export function drawShop({ seed, stormMs, orders: size }: WorkloadSize, mix: ShopMix): Arbitrary<DrawnWorkload> {
  const orders = Math.ceil(size * mix.orders);
  const payments = Math.ceil(size * mix.payments);
  return fc.tuple(drawCatalogue(orders), drawCustomers(orders)).chain(([products, customers]) => {
    // The warm-up takes from products that never run out, so that the storm finds the scarce ones untouched.
    const ample = products.filter((product) => product.stock >= orders);
    return fc.record({
      products: fc.constant(products),
      users: fc.constant(customers.users),
      wallets: fc.constant(customers.wallets),
      warmUp: fc
        .tuple(
          drawOrders({ prefix: 'warm-up', seed, ...WARM_UP, products: ample }),
          drawPayments({ prefix: 'warm-up-payment', seed, ...WARM_UP }),
        )
        .map((drawn) => drawn.flat()),
      requests: fc
        .tuple(
          drawOrders({ prefix: 'order', seed, orders, withinMs: stormMs, products }),
          drawPayments({ prefix: 'payment', seed, payments, withinMs: stormMs }),
        )
        .map((drawn) => drawn.flat()),
    });
  });
}
