import { setTimeout as delay } from 'node:timers/promises';
import type { ComponentName } from '#sut/contract/components.ts';
import { HttpPeer } from '../../workloads/shop/http-exchange.ts';
import type { RecoveryProbe } from '../recovery-probe.ts';
import { OrderRequests, type PlacedOrder } from './order-request.ts';

/** Between two looks for an effect; the last goes on. Quick while all is well, gentle while many writes wait. */
const LOOKS_MS = [20, 40, 80, 160] as const;
const LAST_LOOK_MS = 200;

/** An asynchronous consequence of an order, as a client can see it. */
interface Effect {
  readonly name: string;
  readonly summary: string;
  readonly timeoutMs: number;
  /** Whose address is asked for the effect. */
  readonly at: ComponentName;
  /** What names the effect, for `isVisible`. */
  idOf(order: PlacedOrder): string;
  /** Rejects when the component does not answer. */
  isVisible(peer: HttpPeer, id: string, signal: AbortSignal): Promise<boolean>;
}

/**
 * A probe that places an order and waits until its effect can be seen: the order alone is taken while everything behind the
 * outbox is down. It fails at once when the component that is asked does not answer, and after `timeoutMs` when the effect
 * does not come.
 */
export function orderEffectProbe(effect: Effect): RecoveryProbe {
  return {
    name: effect.name,
    summary: effect.summary,
    // An order keeps nine services at work: two cores finish some eight a second, and a backlog would pass for an outage.
    intervalMs: 200,
    maxOpen: 40,
    timeoutMs: effect.timeoutMs,
    isDurable: true,
    leavesBacklog: true,
    connect(environment, timeoutMs) {
      const gateway = new HttpPeer(`http://127.0.0.1:${environment.port('gateway')}`, timeoutMs);
      const peer = new HttpPeer(`http://127.0.0.1:${environment.port(effect.at)}`, timeoutMs);
      const orders = new OrderRequests(gateway);
      return {
        async write(key, signal) {
          const id = effect.idOf(await orders.place(key, signal));
          for (let look = 0; !(await effect.isVisible(peer, id, signal)); look += 1) {
            await delay(LOOKS_MS[look] ?? LAST_LOOK_MS, undefined, { signal });
          }
          return id;
        },
        isStored: (id, signal) => effect.isVisible(peer, id, signal),
        async [Symbol.asyncDispose]() {
          await Promise.all([gateway[Symbol.asyncDispose](), peer[Symbol.asyncDispose]()]);
        },
      };
    },
  };
}
