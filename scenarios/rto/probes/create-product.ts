import { putProbe } from './put-probe.ts';

/** `PUT /inventory/products/:id`: one acknowledged write of one document; needs gateway, inventory and mongodb, nothing else. */
export const createProduct = putProbe({
  name: 'create-product',
  summary: 'PUT /inventory/products/:id through the gateway, read back with GET',
  intervalMs: 10,
  leavesBacklog: false,
  pathOf: (key) => `/inventory/products/${key}`,
  bodyOf: () => ({ available_stock: 1, location: 'rto' }),
});
