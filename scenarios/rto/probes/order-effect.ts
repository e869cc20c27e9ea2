import type { RecoveryProbe } from '../recovery-probe.ts';
import { type Effect, effectProbe } from './effect-probe.ts';
import { type OrderLine, OrderRequests, type PlacedOrder } from './order-request.ts';

/** An asynchronous consequence of an order. */
interface OrderEffect extends Omit<Effect, 'intervalMs' | 'causeAt'> {
  /** Default: one that any customer can pay. */
  readonly line?: OrderLine;
  /** What names the effect, for `isVisible`. */
  idOf(order: PlacedOrder): string;
}

/** A probe that places an order and waits for its effect: the order alone is taken while everything behind the outbox is down. */
export const orderEffectProbe = ({ idOf, line, ...effect }: OrderEffect): RecoveryProbe =>
  effectProbe({
    ...effect,
    // An order keeps nine services at work: two slow cores finish two a second, and a backlog would pass for an outage.
    intervalMs: 500,
    causeAt(gateway) {
      const orders = new OrderRequests(gateway, line);
      return async (key, signal) => idOf(await orders.place(key, signal));
    },
  });
