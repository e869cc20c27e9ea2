import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** A long-lived client connection of texts; nothing is timed out but `receives`. */
export class TextConnection implements Disposable {
  readonly #socket: Socket;
  #text = '';
  #end: string | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (data) => {
      this.#text += data.toString();
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      this.#end = error.code ?? 'error';
    });
    socket.on('close', () => {
      this.#end ??= 'closed';
    });
  }

  static async open(port: number): Promise<TextConnection> {
    const socket = connect({ host: '127.0.0.1', port });
    await once(socket, 'connect');
    return new TextConnection(socket);
  }

  /** How the connection ended: `closed` or an error code such as ECONNRESET; undefined while it is open. */
  get end(): string | undefined {
    return this.#end;
  }

  get text(): string {
    return this.#text;
  }

  send(text: string): void {
    this.#socket.write(text);
  }

  /** Whether the texts received so far become exactly `expected` within the time. */
  async receives(expected: string, timeoutMs: number): Promise<boolean> {
    const signal = AbortSignal.timeout(timeoutMs);
    while (this.#text !== expected && this.#end === undefined && !signal.aborted) {
      await once(this.#socket, 'data', { signal }).catch(() => undefined);
    }
    return this.#text === expected;
  }

  /** Resolves when bytes are left to send and none has gone for 300 ms: nobody reads at the other end. */
  async isBlocked(timeoutMs: number): Promise<void> {
    const signal = AbortSignal.timeout(timeoutMs);
    let before = -1;
    while (this.#socket.writableLength !== before || before === 0) {
      before = this.#socket.writableLength;
      await delay(300, undefined, { signal });
    }
  }

  [Symbol.dispose](): void {
    this.#socket.destroy();
  }
}
