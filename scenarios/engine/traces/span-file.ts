import { createWriteStream, type WriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';

/** Beyond it spans are dropped: a run must not fill the disk with them. */
const FILE_MAX_BYTES = 512 * 1024 * 1024;
/** What may wait for the disk. */
const WAITING_MAX_BYTES = 16 * 1024 * 1024;
const CLOSE_MAX_MS = 5_000;

/**
 * A file of spans: each line is one request of an exporter, as it came (`TracesData` of
 * https://opentelemetry.io/docs/specs/otel/protocol/file-exporter/). So nothing is decoded while a run is at work, and
 * other tools can read it.
 */
export class SpanFile implements AsyncDisposable {
  readonly #stream: WriteStream;
  #bytes = 0;
  #lines = 0;
  #dropped = 0;
  #hasFailed = false;

  constructor(path: string) {
    this.#stream = createWriteStream(path, { flags: 'a' });
    // A full disk costs spans; what it costs the run, others notice.
    this.#stream.on('error', () => {
      this.#hasFailed = true;
    });
  }

  /** What became of the lines so far. */
  get counts(): { readonly lines: number; readonly bytes: number; readonly dropped: number } {
    return { lines: this.#lines, bytes: this.#bytes, dropped: this.#dropped };
  }

  /** Appends a line, given without its end; false when there is no room for it. */
  append(line: Buffer): boolean {
    const isFull =
      this.#bytes + line.length > FILE_MAX_BYTES || this.#stream.writableLength + line.length > WAITING_MAX_BYTES;
    if (isFull || this.#hasFailed || this.#stream.writableEnded) {
      this.#dropped += 1;
      return false;
    }
    this.#bytes += line.length + 1;
    this.#lines += 1;
    this.#stream.write(line);
    this.#stream.write('\n');
    return true;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stream.end();
    await finished(this.#stream, { signal: AbortSignal.timeout(CLOSE_MAX_MS) }).catch(() => undefined);
  }
}
