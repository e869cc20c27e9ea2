import { connect, type Socket } from 'node:net';
import { readJsonLines, writeJsonLine } from './json-lines.ts';
import type { KeeperEvent, KeeperFrame, KeeperOperation, KeeperOperations } from './protocol.ts';

/** The keeper refused or failed to do what was asked. */
export class KeeperRefused extends Error {
  readonly op: string;
  readonly code: string;
  constructor(op: string, code: string, message: string) {
    super(`${op}: ${message}`);
    this.name = 'KeeperRefused';
    this.op = op;
    this.code = code;
  }
}

/** The keeper's process is gone; its children and faults are nobody's now. */
export class KeeperLost extends Error {
  constructor() {
    super('the keeper has gone away');
    this.name = 'KeeperLost';
  }
}

/** Longest time for any request; a stop may take a server's own stop timeout. */
const REQUEST_TIMEOUT_MS = 60_000;

interface Pending {
  readonly op: KeeperOperation;
  readonly resolve: (output: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

/** One connection to a keeper. Closing it without `release` is what tells the keeper that its owner is gone. */
export class KeeperClient implements Disposable {
  readonly #socket: Socket;
  readonly #pending = new Map<number, Pending>();
  readonly #eventListeners = new Set<(event: KeeperEvent) => void>();
  readonly #lostListeners = new Set<() => void>();
  #lastId = 0;
  #isClosed = false;
  /** Set by an answered `shutdown`, `release` or by dispose: the end of the connection is then no loss. */
  #isEndExpected = false;

  private constructor(socket: Socket) {
    this.#socket = socket;
    readJsonLines(socket, (frame) => this.#receive(frame as KeeperFrame));
    // `close` follows and rejects what is outstanding.
    socket.on('error', () => undefined);
    socket.on('close', () => this.#closed());
  }

  static connect(path: string): Promise<KeeperClient> {
    return new Promise((resolve, reject) => {
      const socket = connect(path);
      socket.once('error', reject);
      socket.once('connect', () => {
        socket.off('error', reject);
        resolve(new KeeperClient(socket));
      });
    });
  }

  /** Resolves to the answer once the thing is done. */
  request<Op extends KeeperOperation>(
    op: Op,
    input: KeeperOperations[Op]['input'],
  ): Promise<KeeperOperations[Op]['output']> {
    if (this.#isClosed) return Promise.reject(new KeeperLost());
    if (op === 'shutdown') this.#isEndExpected = true;
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#pending.delete(id);
        reject(new KeeperRefused(op, 'TIMEOUT', `no answer after ${REQUEST_TIMEOUT_MS} ms`));
      }, REQUEST_TIMEOUT_MS);
      this.#pending.set(id, {
        op,
        resolve: (output) => resolve(output as KeeperOperations[Op]['output']),
        reject,
        timer,
      });
      writeJsonLine(this.#socket, { id, op, input });
    });
  }

  onEvent(listener: (event: KeeperEvent) => void): void {
    this.#eventListeners.add(listener);
  }

  /** Called once when the keeper goes away without being asked to. */
  onLost(listener: () => void): void {
    this.#lostListeners.add(listener);
  }

  #receive(frame: KeeperFrame): void {
    if ('event' in frame) {
      for (const listener of this.#eventListeners) listener(frame);
      return;
    }
    const pending = this.#pending.get(frame.id);
    if (pending === undefined) return;
    this.#pending.delete(frame.id);
    clearTimeout(pending.timer);
    if ('error' in frame) pending.reject(new KeeperRefused(pending.op, frame.error.code, frame.error.message));
    else pending.resolve(frame.output);
  }

  #closed(): void {
    this.#isClosed = true;
    for (const { reject, timer } of this.#pending.values()) {
      clearTimeout(timer);
      reject(new KeeperLost());
    }
    this.#pending.clear();
    if (this.#isEndExpected) return;
    for (const listener of this.#lostListeners) listener();
  }

  [Symbol.dispose](): void {
    this.#isEndExpected = true;
    this.#socket.destroy();
  }
}
