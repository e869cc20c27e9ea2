import { setTimeout as delay } from 'node:timers/promises';
import type { Environment } from '#sut/contract/environment.ts';
import { ExplainedError } from '../../model/explained-error.ts';
import type { Plan, PlannedProduct } from '../../model/plan.ts';

const REQUEST_TIMEOUT_MS = 5_000;
const ATTEMPTS = 4;
const RETRY_DELAY_MS = 250;

/** The inventory service did not take a product of the plan. */
class SeedRejected extends ExplainedError {
  constructor(productId: string, answer: string, options?: ErrorOptions) {
    super(
      {
        what: `inventory did not take ${productId}: ${answer}`,
        where: 'inventory',
        todo: 'read the log of inventory in the bundle',
      },
      options,
    );
  }
}

/** Creates the plan's products at the inventory service itself, a few at a time. Rejects with `SeedRejected`. */
export async function seedProducts(environment: Environment, plan: Plan, signal: AbortSignal): Promise<void> {
  const url = `http://127.0.0.1:${environment.port('inventory')}`;
  for (const product of plan.products) await seedProduct(url, product, signal);
}

async function seedProduct(url: string, product: PlannedProduct, signal: AbortSignal): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const response = await fetch(`${url}/inventory/products/${product.id}`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ available_stock: product.stock, location: 'main' }),
        signal: AbortSignal.any([signal, AbortSignal.timeout(REQUEST_TIMEOUT_MS)]),
      });
      const answer = await response.text();
      // An earlier attempt of ours may have created it without our seeing the answer.
      if (response.status === 201 || (response.status === 409 && attempt > 1)) return;
      if (response.status < 500 || attempt === ATTEMPTS) {
        throw new SeedRejected(product.id, `${response.status} ${answer.slice(0, 200)}`);
      }
    } catch (cause) {
      signal.throwIfAborted();
      if (cause instanceof SeedRejected) throw cause;
      if (attempt === ATTEMPTS) throw new SeedRejected(product.id, String(cause), { cause });
    }
    await delay(RETRY_DELAY_MS, undefined, { signal });
  }
}
