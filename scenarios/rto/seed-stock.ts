import type { Environment } from '#sut/contract/environment.ts';
import { ExplainedError } from '../model/explained-error.ts';
import { eventually } from '../timing/eventually.ts';
import { HttpPeer } from '../workloads/shop/http-exchange.ts';
import { STOCK_IDS } from './probes/order-request.ts';

const STOCK = 1_000_000;
const TIMEOUT_MS = 10_000;

/** The products that measuring orders take from could not be created. */
class StockNotSeeded extends ExplainedError {
  constructor(cause: unknown) {
    super(
      {
        what: `the stock could not be created: ${String(cause)}`,
        where: 'inventory',
        todo: 'read the log of inventory',
      },
      { cause },
    );
  }
}

/** Creates more stock than any measurement takes, at inventory itself. Rejects with `StockNotSeeded`. */
export async function seedStock(environment: Environment, signal: AbortSignal): Promise<void> {
  await using inventory = new HttpPeer(`http://127.0.0.1:${environment.port('inventory')}`, TIMEOUT_MS);
  const body = { available_stock: STOCK, location: 'rto' };
  for (const id of STOCK_IDS) {
    const create = async () => {
      const exchange = await inventory.exchange({ method: 'PUT', path: `/inventory/products/${id}`, body }, signal);
      // 409: an attempt whose answer was lost has created it.
      return exchange.status === 201 || exchange.status === 409
        ? { seen: true }
        : { missing: JSON.stringify(exchange).slice(0, 200) };
    };
    try {
      await eventually(`${id} is created`, create, { timeoutMs: TIMEOUT_MS, signal });
    } catch (cause) {
      signal.throwIfAborted();
      throw new StockNotSeeded(cause);
    }
  }
}
