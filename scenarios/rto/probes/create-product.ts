import { HttpPeer } from '../../workloads/shop/http-exchange.ts';
import type { RecoveryProbe } from '../recovery-probe.ts';
import { answerOf, isThere, unexpected } from './http-answer.ts';

/** `PUT /inventory/products/:id`: one acknowledged write of one document; needs gateway, inventory and mongodb, nothing else. */
export const createProduct: RecoveryProbe = {
  name: 'create-product',
  summary: 'PUT /inventory/products/:id through the gateway, read back with GET',
  intervalMs: 10,
  maxOpen: 16,
  timeoutMs: 1_000,
  isDurable: true,
  leavesBacklog: false,
  connect(environment, timeoutMs) {
    const gateway = new HttpPeer(`http://127.0.0.1:${environment.port('gateway')}`, timeoutMs);
    return {
      async write(key, signal) {
        const answer = await answerOf(
          gateway,
          { method: 'PUT', path: `/inventory/products/${key}`, body: { available_stock: 1, location: 'rto' } },
          signal,
        );
        if (answer.status !== 201) throw unexpected(answer);
        return key;
      },
      isStored: (id, signal) => isThere(gateway, `/inventory/products/${id}`, signal),
      [Symbol.asyncDispose]: () => gateway[Symbol.asyncDispose](),
    };
  },
};
