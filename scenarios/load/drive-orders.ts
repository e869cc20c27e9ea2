import { OrderRequests, type PlacedOrder } from '../rto/probes/order-request.ts';
import type { HttpPeer } from '../workloads/shop/http-exchange.ts';

/** An order that was acknowledged; times are epoch milliseconds, which the databases' clocks can be laid beside. */
export interface DrivenOrder extends PlacedOrder {
  readonly beganAtMs: number;
  readonly endedAtMs: number;
}

export interface DriveOptions {
  readonly gateway: HttpPeer;
  /** Customers who each place the next order as soon as the last one was answered (a closed loop). */
  readonly clients: number;
  readonly durationMs: number;
  /** Begins the idempotency key of every order. */
  readonly keyPrefix: string;
  readonly onBegin?: (key: string) => void;
  readonly onEnd?: (key: string, outcome: DrivenOrder | undefined) => void;
  readonly signal: AbortSignal;
}

export interface DrivenOrders {
  readonly orders: readonly DrivenOrder[];
  readonly failed: number;
  readonly elapsedMs: number;
}

/** Places orders for `durationMs` from so many clients at once; resolves when the last one was answered. */
export async function driveOrders(options: DriveOptions): Promise<DrivenOrders> {
  const { gateway, clients, durationMs, keyPrefix, onBegin, onEnd, signal } = options;
  const requests = new OrderRequests(gateway);
  const orders: DrivenOrder[] = [];
  let failed = 0;
  let begun = 0;
  const startedMs = performance.now();
  const client = async (): Promise<void> => {
    while (performance.now() - startedMs < durationMs) {
      signal.throwIfAborted();
      const key = `${keyPrefix}-${++begun}`;
      const beganAtMs = Date.now();
      onBegin?.(key);
      const placed = await requests.place(key, signal).catch(() => undefined);
      const order = placed && { ...placed, beganAtMs, endedAtMs: Date.now() };
      onEnd?.(key, order);
      if (order === undefined) failed += 1;
      else orders.push(order);
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  signal.throwIfAborted();
  return { orders, failed, elapsedMs: performance.now() - startedMs };
}
