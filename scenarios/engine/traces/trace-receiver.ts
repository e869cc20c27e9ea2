import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { SpanFile } from './span-file.ts';

/** One request of an exporter: up to 512 spans, of about a kilobyte. */
const BODY_MAX_BYTES = 8 * 1024 * 1024;
/** All bodies that are being received. */
const RECEIVING_MAX_BYTES = 32 * 1024 * 1024;
const REQUEST_MAX_MS = 10_000;

/** Why a request was not kept. */
class Refused extends Error {
  readonly status: number;
  constructor(status: number) {
    super(`refused with ${status}`);
    this.status = status;
  }
}

/** Receives spans over OTLP/HTTP, as JSON, and keeps each request as a line of `file`. */
export class TraceReceiver implements AsyncDisposable {
  readonly #server: Server;
  readonly #file: SpanFile;
  #receivingBytes = 0;

  private constructor(file: SpanFile) {
    this.#file = file;
    this.#server = createServer((request, response) => void this.#answer(request, response));
    this.#server.requestTimeout = REQUEST_MAX_MS;
  }

  /** Listens on loopback; rejects when the port is in use. */
  static async listen(port: number, file: SpanFile): Promise<TraceReceiver> {
    const receiver = new TraceReceiver(file);
    await new Promise<void>((resolve, reject) => {
      receiver.#server.once('error', reject).listen({ port, host: '127.0.0.1' }, resolve);
    });
    return receiver;
  }

  get port(): number {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('the receiver does not listen');
    return address.port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    await closed;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      if (request.method !== 'POST' || request.url !== '/v1/traces') throw new Refused(404);
      if (!request.headers['content-type']?.startsWith('application/json')) throw new Refused(415);
      // 413 is final for an exporter, it does not come again with these spans.
      if (!this.#file.append(asLine(await this.#bodyOf(request)))) throw new Refused(413);
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    } catch (error) {
      const status = error instanceof Refused ? error.status : 400;
      // What is left of the body is not read any more.
      response.writeHead(status, { connection: 'close' }).end();
    }
  }

  async #bodyOf(request: IncomingMessage): Promise<Buffer> {
    const chunks: Buffer[] = [];
    let bytes = 0;
    try {
      for await (const chunk of request) {
        const part: Buffer = chunk;
        bytes += part.length;
        this.#receivingBytes += part.length;
        if (bytes > BODY_MAX_BYTES) throw new Refused(413);
        if (this.#receivingBytes > RECEIVING_MAX_BYTES) throw new Refused(503);
        chunks.push(part);
      }
      return Buffer.concat(chunks);
    } finally {
      this.#receivingBytes -= bytes;
    }
  }
}

const NEWLINE = 0x0a;

/** Exporters send JSON in one line; another sender's is brought into one. */
function asLine(body: Buffer): Buffer {
  if (!body.includes(NEWLINE) && body.at(0) === 0x7b && body.at(-1) === 0x7d) return body;
  return Buffer.from(JSON.stringify(JSON.parse(body.toString('utf8'))));
}
