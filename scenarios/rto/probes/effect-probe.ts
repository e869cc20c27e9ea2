import { setTimeout as delay } from 'node:timers/promises';
import type { ComponentName } from '#sut/contract/components.ts';
import { HttpPeer } from '../../workloads/shop/http-exchange.ts';
import type { RecoveryProbe } from '../recovery-probe.ts';

/** Between two looks for an effect; the last goes on. Quick while all is well, gentle while many writes wait. */
const LOOKS_MS = [20, 40, 80, 160] as const;
const LAST_LOOK_MS = 200;

/** An asynchronous consequence of a request, as a client can see it. */
export interface Effect extends Pick<RecoveryProbe, 'name' | 'summary' | 'intervalMs' | 'timeoutMs'> {
  /** What a client of this gateway does to bring it about; resolves to what names the effect once that is acknowledged. */
  causeAt(gateway: HttpPeer): (key: string, signal: AbortSignal) => Promise<string>;
  /** Whose address is asked for the effect. */
  readonly at: ComponentName;
  /** Rejects when the component does not answer. */
  isVisible(peer: HttpPeer, id: string, signal: AbortSignal): Promise<boolean>;
}

/**
 * A probe that waits until the effect of a request can be seen. It fails at once when the component that is asked does not
 * answer, and after `timeoutMs` when the effect does not come.
 */
export function effectProbe({ causeAt, at, isVisible, ...declared }: Effect): RecoveryProbe {
  return {
    ...declared,
    maxOpen: 40,
    isDurable: true,
    leavesBacklog: true,
    connect(environment, timeoutMs) {
      const gateway = new HttpPeer(`http://127.0.0.1:${environment.port('gateway')}`, timeoutMs);
      const peer = new HttpPeer(`http://127.0.0.1:${environment.port(at)}`, timeoutMs);
      const cause = causeAt(gateway);
      return {
        async write(key, signal) {
          const id = await cause(key, signal);
          for (let look = 0; !(await isVisible(peer, id, signal)); look += 1) {
            await delay(LOOKS_MS[look] ?? LAST_LOOK_MS, undefined, { signal });
          }
          return id;
        },
        isStored: (id, signal) => isVisible(peer, id, signal),
        async [Symbol.asyncDispose]() {
          await Promise.all([gateway[Symbol.asyncDispose](), peer[Symbol.asyncDispose]()]);
        },
      };
    },
  };
}
