import { creationProbe } from './creation-probe.ts';

const placeOf = (key: string) => `/inventory/products/${key}`;

/** `PUT /inventory/products/:id`: one acknowledged write of one document; needs gateway, inventory and mongodb, nothing else. */
export const createProduct = creationProbe({
  name: 'create-product',
  summary: 'PUT /inventory/products/:id through the gateway, read back with GET',
  intervalMs: 10,
  leavesBacklog: false,
  placeOf,
  requestOf: (key) => ({ method: 'PUT', path: placeOf(key), body: { available_stock: 1, location: 'rto' } }),
});
