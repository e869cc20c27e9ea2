import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';

/** A TCP server that sends back what it gets and remembers it: what arrived, answered or not. */
export class EchoServer implements AsyncDisposable {
  readonly port: number;
  readonly #server: Server;
  readonly #sockets: Set<Socket>;
  readonly #received: Buffer[];

  private constructor(port: number, server: Server, sockets: Set<Socket>, received: Buffer[]) {
    this.port = port;
    this.#server = server;
    this.#sockets = sockets;
    this.#received = received;
  }

  static async start(): Promise<EchoServer> {
    const sockets = new Set<Socket>();
    const received: Buffer[] = [];
    const server = createServer({ noDelay: true }, (socket) => {
      sockets.add(socket);
      socket.on('data', (data) => {
        received.push(data);
        socket.write(data);
      });
      socket.on('error', () => socket.destroy());
      socket.on('close', () => sockets.delete(socket));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no TCP address');
    return new EchoServer(address.port, server, sockets, received);
  }

  get received(): string {
    return Buffer.concat(this.#received).toString();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
