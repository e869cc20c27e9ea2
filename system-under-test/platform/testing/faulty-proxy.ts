import { once } from 'node:events';
import { createConnection, createServer, type Socket } from 'node:net';

/** What happens to a client's packet that contains the awaited text, and to its connection. */
export type PacketFault =
  /** It arrives; the answer, and everything after it, does not. */
  | 'answer-lost'
  /** It never arrives; the connection stays open and silent. */
  | 'request-lost'
  /** It arrives, but only after `delayMs`; the connection is silent until then. */
  | 'request-late';

export interface FaultyProxy extends AsyncDisposable {
  readonly port: number;
  /** Applies `fault` to the next packet that contains `text`, once. Later connections are sound. */
  arm(text: string, fault: PacketFault, delayMs?: number): void;
  /** How many packets were hit. */
  readonly hits: number;
}

/** A TCP proxy that can lose one particular packet, for tests of what happens when nobody hears the answer. */
export async function startFaultyProxy(targetPort: number): Promise<FaultyProxy> {
  let armed: { readonly text: string; readonly fault: PacketFault; readonly delayMs: number } | undefined;
  let hits = 0;
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = createConnection(targetPort, '127.0.0.1');
    let isSilent = false;
    for (const [socket, peer] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => sockets.delete(socket));
      // A silent connection hides its end, too: the server goes on as if the client were there.
      socket.on('end', () => isSilent || peer.end());
    }
    client.on('data', (chunk) => {
      if (armed === undefined || !chunk.includes(armed.text)) {
        if (!isSilent) upstream.write(chunk);
        return;
      }
      const { fault, delayMs } = armed;
      armed = undefined;
      hits += 1;
      isSilent = true;
      if (fault === 'answer-lost') upstream.write(chunk);
      if (fault === 'request-late') setTimeout(() => upstream.write(chunk), delayMs);
    });
    upstream.on('data', (chunk) => {
      if (!isSilent) client.write(chunk);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
  return {
    port: address.port,
    arm: (text, fault, delayMs = 0) => {
      armed = { text, fault, delayMs };
    },
    get hits() {
      return hits;
    },
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
