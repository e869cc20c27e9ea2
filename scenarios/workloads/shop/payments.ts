import type { Workload } from '../../model/workload.ts';
import { drawShop } from './draw-shop.ts';
import { shopWorkload } from './shop.ts';

/** The shop on a day on which customers mostly pay into their wallets; a run's `orders` are payments, with a few orders beside them. */
export const paymentsWorkload: Workload = {
  ...shopWorkload,
  name: 'payments',
  summary: 'customers pay into their wallets, repeat and read payments, and place a few orders, through the gateway',
  draw: (size) => drawShop(size, { orders: 0.2, payments: 1 }),
};
