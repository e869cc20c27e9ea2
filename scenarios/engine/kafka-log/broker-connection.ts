import { connect, type Socket } from 'node:net';
import {
  type Coordinator,
  type DescribedPartition,
  decodeDescribeTopics,
  decodeFetchOffsets,
  decodeFindCoordinator,
  encodeDescribeTopics,
  encodeFetchOffsets,
  encodeFindCoordinator,
  type FetchedOffset,
} from './cluster.ts';
import {
  decodeFetch,
  decodeListEnds,
  encodeFetch,
  encodeListEnds,
  type FetchedPartition,
  type FetchOptions,
  type Isolation,
  type PartitionEnd,
  type PartitionPosition,
} from './fetch.ts';

const CONNECT_TIMEOUT_MS = 3_000;
/** On top of the time that the broker may hold a fetch. */
const ANSWER_TIMEOUT_MS = 5_000;

/** The connection to the broker ended, could not be made, or went silent. */
export class BrokerConnectionLost extends Error {
  constructor(port: number, reason: string) {
    super(`connection to the broker on port ${port}: ${reason}`);
    this.name = 'BrokerConnectionLost';
  }
}

/**
 * One plain connection to one broker with one request at a time: no group, no metadata, no retries, so that what is read
 * disturbs nobody and a dead broker is noticed at once. Reads partitions that this broker leads, and offsets of groups that it
 * coordinates; `KafkaCluster` finds the right broker.
 */
export class BrokerConnection implements Disposable {
  readonly #socket: Socket;
  readonly #port: number;
  readonly #answers = Promise.withResolvers<never>();
  #received = Buffer.alloc(0);
  #waiting: ((body: Buffer) => void) | undefined;
  #correlationId = 0;

  private constructor(socket: Socket, port: number) {
    this.#socket = socket;
    this.#port = port;
    // Rejects every wait at once when the connection ends; nobody may be waiting when it does.
    this.#answers.promise.catch(() => undefined);
    socket.on('data', (chunk) => this.#receive(chunk));
    socket.on('error', (error) => this.#lose(error.message));
    socket.on('close', () => this.#lose('closed'));
  }

  /** Rejects with `BrokerConnectionLost`, or with the signal's reason. */
  static async open(port: number, signal: AbortSignal): Promise<BrokerConnection> {
    signal.throwIfAborted();
    const socket = connect({ host: '127.0.0.1', port, noDelay: true });
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const abort = (): void => reject(signal.reason);
    const timer = setTimeout(() => reject(new BrokerConnectionLost(port, 'no connection in time')), CONNECT_TIMEOUT_MS);
    signal.addEventListener('abort', abort, { once: true });
    socket.once('connect', resolve).once('error', (error) => reject(new BrokerConnectionLost(port, error.message)));
    try {
      await promise;
      return new BrokerConnection(socket, port);
    } catch (error) {
      socket.destroy();
      throw error;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
    }
  }

  /** True once the connection has ended: every question would be rejected. */
  get isLost(): boolean {
    return this.#socket.destroyed;
  }

  async fetch(
    positions: readonly PartitionPosition[],
    options: FetchOptions,
    signal: AbortSignal,
  ): Promise<readonly FetchedPartition[]> {
    const request = encodeFetch(this.#nextId(), positions, options);
    return decodeFetch(await this.#ask(request, options.maxWaitMs + ANSWER_TIMEOUT_MS, signal));
  }

  async ends(
    partitions: readonly Omit<PartitionPosition, 'offset'>[],
    isolation: Isolation,
    signal: AbortSignal,
  ): Promise<readonly PartitionEnd[]> {
    return decodeListEnds(
      await this.#ask(encodeListEnds(this.#nextId(), partitions, isolation), ANSWER_TIMEOUT_MS, signal),
    );
  }

  async describeTopics(topics: readonly string[], signal: AbortSignal): Promise<readonly DescribedPartition[]> {
    const request = encodeDescribeTopics(this.#nextId(), topics);
    return decodeDescribeTopics(await this.#ask(request, ANSWER_TIMEOUT_MS, signal));
  }

  async committedOffsets(
    group: string,
    partitions: readonly Omit<PartitionPosition, 'offset'>[],
    signal: AbortSignal,
  ): Promise<readonly FetchedOffset[]> {
    const request = encodeFetchOffsets(this.#nextId(), group, partitions);
    return decodeFetchOffsets(await this.#ask(request, ANSWER_TIMEOUT_MS, signal));
  }

  async findCoordinator(group: string, signal: AbortSignal): Promise<Coordinator> {
    const request = encodeFindCoordinator(this.#nextId(), group);
    return decodeFindCoordinator(await this.#ask(request, ANSWER_TIMEOUT_MS, signal));
  }

  [Symbol.dispose](): void {
    this.#socket.destroy();
  }

  #nextId(): number {
    this.#correlationId += 1;
    return this.#correlationId;
  }

  async #ask(request: Buffer, timeoutMs: number, signal: AbortSignal): Promise<Buffer> {
    signal.throwIfAborted();
    if (this.#waiting !== undefined) throw new Error('one request at a time on a broker connection');
    const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
    const abort = (): void => reject(signal.reason);
    const timer = setTimeout(() => this.#lose(`no answer in ${timeoutMs} ms`), timeoutMs);
    signal.addEventListener('abort', abort, { once: true });
    this.#waiting = resolve;
    this.#socket.write(request);
    try {
      return await Promise.race([promise, this.#answers.promise]);
    } finally {
      this.#waiting = undefined;
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
      // An answer that comes after an abort would be taken for the next request's.
      if (signal.aborted) this.#socket.destroy();
    }
  }

  #receive(chunk: Buffer): void {
    this.#received = Buffer.concat([this.#received, chunk]);
    if (this.#received.length < 4) return;
    const end = 4 + this.#received.readInt32BE(0);
    if (this.#received.length < end) return;
    const body = this.#received.subarray(8, end);
    this.#received = this.#received.subarray(end);
    this.#waiting?.(body);
  }

  #lose(reason: string): void {
    this.#answers.reject(new BrokerConnectionLost(this.#port, reason));
    this.#socket.destroy();
  }
}
