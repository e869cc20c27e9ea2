import { HttpPeer, type HttpRequest } from '../../workloads/shop/http-exchange.ts';
import type { RecoveryProbe } from '../recovery-probe.ts';
import { create, isThere } from './http-answer.ts';

/** Something that a client creates under a name of its own choice. */
interface Creation extends Pick<RecoveryProbe, 'name' | 'summary' | 'intervalMs' | 'leavesBacklog'> {
  requestOf(key: string): HttpRequest;
  /** Where it is read back. */
  placeOf(key: string): string;
}

/** A probe that creates something new with each write, through the gateway, and reads it back with GET. */
export function creationProbe({ requestOf, placeOf, ...declared }: Creation): RecoveryProbe {
  return {
    ...declared,
    maxOpen: 16,
    timeoutMs: 1_000,
    isDurable: true,
    connect(environment, timeoutMs) {
      const gateway = new HttpPeer(`http://127.0.0.1:${environment.port('gateway')}`, timeoutMs);
      return {
        async write(key, signal) {
          await create(gateway, requestOf(key), signal);
          return key;
        },
        isStored: (id, signal) => isThere(gateway, placeOf(id), signal),
        [Symbol.asyncDispose]: () => gateway[Symbol.asyncDispose](),
      };
    },
  };
}
