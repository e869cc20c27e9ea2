import { setTimeout as delay } from 'node:timers/promises';
import { OrderRequests, type PlacedOrder } from '../rto/probes/order-request.ts';
import type { HttpPeer } from '../workloads/shop/http-exchange.ts';

/** An order that was acknowledged; times are epoch milliseconds, which the databases' clocks can be laid beside. */
export interface DrivenOrder extends PlacedOrder {
  readonly beganAtMs: number;
  readonly endedAtMs: number;
}

export interface DriveOptions {
  readonly gateway: HttpPeer;
  /** Customers who each place the next order as soon as the last one was answered (a closed loop), or at `everyMs`. */
  readonly clients: number;
  /**
   * Each customer's interval between orders; they take turns. An order that has to wait for the one before it counts from when it
   * was due, so that a slow answer is not hidden by the orders that it holds up (coordinated omission).
   */
  readonly everyMs?: number;
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
  const { gateway, clients, durationMs, everyMs, keyPrefix, onBegin, onEnd, signal } = options;
  const requests = new OrderRequests(gateway);
  const orders: DrivenOrder[] = [];
  let failed = 0;
  let begun = 0;
  const startedMs = performance.now();
  const client = async (_: unknown, index: number): Promise<void> => {
    for (let turn = 0; ; turn += 1) {
      const nowMs = performance.now();
      const dueMs = everyMs === undefined ? nowMs : startedMs + everyMs * (turn + index / clients);
      if (dueMs - startedMs >= durationMs) return;
      if (dueMs > nowMs) await delay(dueMs - nowMs, undefined, { signal });
      signal.throwIfAborted();
      const key = `${keyPrefix}-${++begun}`;
      const beganAtMs = Date.now() - (performance.now() - dueMs);
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
