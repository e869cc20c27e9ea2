import { connect, type Socket } from 'node:net';

/** How one exchange over a port went, seen from a client. Times in milliseconds from the start of the connection. */
export type ExchangeOutcome =
  | { readonly end: 'answered'; readonly connectedMs: number; readonly answeredMs: number; readonly bytes: number }
  /** Connected, but nothing came back in time: what a partition looks like. */
  | { readonly end: 'silent'; readonly connectedMs: number; readonly waitedMs: number }
  | { readonly end: 'refused' | 'reset' | 'closed' | 'unconnected'; readonly afterMs: number };

/**
 * Connects to a loopback port, sends `request` and waits for the first bytes of an answer: evidence of what a link's
 * disturbance does to a client, from outside of Toxiproxy. An empty `request` waits for the server to speak first.
 */
export function probeExchange(port: number, request: Uint8Array, timeoutMs: number): Promise<ExchangeOutcome> {
  const startMs = performance.now();
  const elapsedMs = (): number => performance.now() - startMs;
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port, noDelay: true });
    let connectedMs: number | undefined;
    const finish = (outcome: ExchangeOutcome): void => {
      clearTimeout(timer);
      release(socket);
      resolve(outcome);
    };
    const timer = setTimeout(() => {
      const waitedMs = elapsedMs();
      finish(
        connectedMs === undefined
          ? { end: 'unconnected', afterMs: waitedMs }
          : { end: 'silent', connectedMs, waitedMs },
      );
    }, timeoutMs);
    socket.once('connect', () => {
      connectedMs = elapsedMs();
      if (request.length > 0) socket.write(request);
    });
    socket.once('data', (data) => {
      finish({ end: 'answered', connectedMs: connectedMs ?? 0, answeredMs: elapsedMs(), bytes: data.length });
    });
    socket.once('error', (error: NodeJS.ErrnoException) => {
      finish({ end: error.code === 'ECONNREFUSED' ? 'refused' : 'reset', afterMs: elapsedMs() });
    });
    socket.once('close', () => finish({ end: 'closed', afterMs: elapsedMs() }));
  });
}

/** A late error of a socket that is being destroyed must not end the process. */
function release(socket: Socket): void {
  socket.removeAllListeners();
  socket.on('error', () => undefined);
  socket.destroy();
}
