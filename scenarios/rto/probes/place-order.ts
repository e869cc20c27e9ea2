import { HttpPeer } from '../../workloads/shop/http-exchange.ts';
import type { RecoveryProbe } from '../recovery-probe.ts';
import { isThere } from './http-answer.ts';
import { OrderRequests } from './order-request.ts';

/** `POST /orders`: acknowledged once PostgreSQL has committed the order; needs gateway, order and postgres, nothing else. */
export const placeOrder: RecoveryProbe = {
  name: 'place-order',
  summary: 'POST /orders through the gateway, read back with GET /orders/:id',
  // Each order starts a saga of some twenty messages: faster would measure the saga pipeline's overload instead.
  intervalMs: 25,
  maxOpen: 16,
  timeoutMs: 1_000,
  isDurable: true,
  leavesBacklog: true,
  connect(environment, timeoutMs) {
    const gateway = new HttpPeer(`http://127.0.0.1:${environment.port('gateway')}`, timeoutMs);
    const orders = new OrderRequests(gateway);
    return {
      write: async (key, signal) => (await orders.place(key, signal)).orderId,
      isStored: (id, signal) => isThere(gateway, `/orders/${id}`, signal),
      [Symbol.asyncDispose]: () => gateway[Symbol.asyncDispose](),
    };
  },
};
