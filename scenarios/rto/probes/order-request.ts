import { z } from 'zod';
import { IDEMPOTENCY_KEY_HEADER, USER_ID_HEADER } from '#sut/contract/api.ts';
import { SETTING_DEFAULTS } from '#sut/contract/settings.ts';
import type { HttpPeer } from '../../workloads/shop/http-exchange.ts';
import { create } from './http-answer.ts';

/** Stock that is taken from round robin, so that measuring writes do not queue behind one document. */
export const STOCK_IDS: readonly string[] = Array.from({ length: 16 }, (_, index) => `rto-stock-${index + 1}`);

const placedSchema = z.object({ order: z.object({ id: z.string().min(1) }), saga_id: z.string().min(1) });

export interface PlacedOrder {
  readonly orderId: string;
  readonly sagaId: string;
}

/** What is ordered of one product. */
export interface OrderLine {
  readonly quantity: number;
  readonly price: number;
}

const AFFORDABLE: OrderLine = { quantity: 1, price: 1 };

/** More than a customer may spend by default: the saga of such an order starts like any other, and its first step is refused. */
export const OVER_LIMIT: OrderLine = { quantity: 2, price: SETTING_DEFAULTS.defaultSpendingLimitMinor / 100 };

/** Orders of one client at the gateway, one product each. */
export class OrderRequests {
  readonly #gateway: HttpPeer;
  readonly #line: OrderLine;
  #placed = 0;

  constructor(gateway: HttpPeer, line = AFFORDABLE) {
    this.#gateway = gateway;
    this.#line = line;
  }

  /** Places an order under a fresh idempotency key; rejects unless it is acknowledged with 201. */
  async place(key: string, signal: AbortSignal): Promise<PlacedOrder> {
    const productId = STOCK_IDS[this.#placed++ % STOCK_IDS.length];
    const acknowledgement = await create(
      this.#gateway,
      {
        method: 'POST',
        path: '/orders',
        headers: { [IDEMPOTENCY_KEY_HEADER]: key, [USER_ID_HEADER]: 'rto' },
        body: { user_id: 'rto', card: 'card-ok', items: [{ product_id: productId, ...this.#line }] },
      },
      signal,
    );
    const placed = placedSchema.parse(acknowledgement);
    return { orderId: placed.order.id, sagaId: placed.saga_id };
  }
}
