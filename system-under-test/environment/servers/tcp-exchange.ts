import { connect } from 'node:net';

/**
 * Opens a connection to loopback, sends `request`, and resolves to the first bytes of the answer for which
 * `isComplete` holds. Rejects when the connection fails, ends early, or the signal aborts.
 */
export function tcpExchange(
  port: number,
  request: Uint8Array,
  isComplete: (answer: Buffer) => boolean,
  signal: AbortSignal,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1' });
    const end = (settle: () => void) => {
      signal.removeEventListener('abort', onAbort);
      socket.destroy();
      settle();
    };
    const onAbort = () => end(() => reject(signal.reason));
    let answer = Buffer.alloc(0);
    socket.once('connect', () => socket.write(request));
    socket.on('data', (chunk) => {
      answer = Buffer.concat([answer, chunk]);
      if (isComplete(answer)) end(() => resolve(answer));
    });
    socket.once('error', (error) => end(() => reject(error)));
    socket.once('close', () => end(() => reject(new Error(`port ${port} closed the connection without an answer`))));
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
  });
}
