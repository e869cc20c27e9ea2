import { HttpPeer } from '../../workloads/shop/http-exchange.ts';
import type { RecoveryProbe } from '../recovery-probe.ts';
import { answerOf, isThere, unexpected } from './http-answer.ts';

/** Something that a client creates under a name of its own choice. */
interface Creation extends Pick<RecoveryProbe, 'name' | 'summary' | 'intervalMs' | 'leavesBacklog'> {
  pathOf(key: string): string;
  bodyOf(key: string): object;
}

/** A probe that creates something new with each write, through the gateway, and reads it back with GET at the same path. */
export function putProbe({ pathOf, bodyOf, ...declared }: Creation): RecoveryProbe {
  return {
    ...declared,
    maxOpen: 16,
    timeoutMs: 1_000,
    isDurable: true,
    connect(environment, timeoutMs) {
      const gateway = new HttpPeer(`http://127.0.0.1:${environment.port('gateway')}`, timeoutMs);
      return {
        async write(key, signal) {
          const answer = await answerOf(gateway, { method: 'PUT', path: pathOf(key), body: bodyOf(key) }, signal);
          if (answer.status !== 201) throw unexpected(answer);
          return key;
        },
        isStored: (id, signal) => isThere(gateway, pathOf(id), signal),
        [Symbol.asyncDispose]: () => gateway[Symbol.asyncDispose](),
      };
    },
  };
}
