import { connect } from 'node:net';
import type { ComponentName } from '#sut/contract/components.ts';
import { pingPayload } from './ping-payload.ts';

/**
 * What became of one ping: `answered` (first byte of the answer after `elapsedMs`), `unanswered` (connected, silence
 * until the timeout), `refused` (no connection), `closed` (connected, then dropped without an answer).
 */
export interface Ping {
  readonly outcome: 'answered' | 'unanswered' | 'refused' | 'closed';
  readonly elapsedMs: number;
  readonly detail: string;
}

export interface PingOptions {
  readonly timeoutMs: number;
  readonly paddingBytes?: number;
  readonly signal: AbortSignal;
}

/**
 * Asks the component that should stand behind `port` for a sign of life in its own protocol, on a connection of its own.
 * Never rejects but for the signal.
 */
export function ping(
  component: ComponentName,
  port: number,
  { timeoutMs, paddingBytes = 0, signal }: PingOptions,
): Promise<Ping> {
  signal.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<Ping>();
  const startMs = performance.now();
  let isConnected = false;
  const socket = connect({ host: '127.0.0.1', port });
  const finish = (outcome: Ping['outcome'], detail: string): void =>
    resolve({ outcome, elapsedMs: Math.round(performance.now() - startMs), detail });
  const abort = (): void => reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  // A socket timeout would restart with every byte that is written slowly; this is the bound of the whole ping.
  const timer = setTimeout(
    () => finish(isConnected ? 'unanswered' : 'refused', `no answer in ${timeoutMs} ms`),
    timeoutMs,
  );
  socket
    .setNoDelay(true)
    .once('connect', () => {
      isConnected = true;
      socket.write(pingPayload(component, paddingBytes));
    })
    .once('data', (data) => finish('answered', `${data.length} bytes`))
    .once('error', (error) => finish(isConnected ? 'closed' : 'refused', error.message))
    .once('close', () => finish('closed', 'closed without an answer'));
  return promise.finally(() => {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
    socket.destroy();
  });
}
