import { closeSync, fstatSync, fsyncSync, openSync, writeSync } from 'node:fs';
import type { Event, UnstampedEvent } from '#invariants/history/event.ts';
import { encodeEvent } from '#invariants/history/ndjson-codec.ts';
import { ExplainedError } from '../model/explained-error.ts';
import type { HistorySink } from '../model/workload.ts';

/** The history could not be written: nothing that happens from here on could be judged. */
export class HistoryWriteFailed extends ExplainedError {
  constructor(path: string, cause: unknown) {
    super(
      {
        what: `the history cannot be written: ${cause instanceof Error ? cause.message : String(cause)}`,
        where: path,
        todo: 'free some disk space, or run from a folder on another disk',
      },
      { cause },
    );
  }
}

export interface RecorderOptions {
  readonly path: string;
  /** Monotonic milliseconds since the run began. */
  readonly now: () => number;
  /** Called with every event once it is written. */
  readonly onEvent?: (event: Event) => void;
  /** Called once, when writing first fails; every later `record` throws the same error. */
  readonly onFailure?: (error: HistoryWriteFailed) => void;
}

/**
 * Appends events to a new NDJSON file, one write per line, at once: what `record` has returned survives the death of this
 * process. `flush` makes it survive the machine's.
 */
export class Recorder implements HistorySink, Disposable {
  readonly #options: RecorderOptions;
  readonly #file: number;
  #next = 0;
  #lastMs = 0;
  #failure: HistoryWriteFailed | undefined;
  #isOpen = true;

  /** Throws `HistoryWriteFailed` when the file cannot be opened, or holds a history already. */
  constructor(options: RecorderOptions) {
    this.#options = options;
    try {
      this.#file = openSync(options.path, 'a');
      if (fstatSync(this.#file).size > 0) throw new Error('it holds the history of another run');
    } catch (error) {
      throw new HistoryWriteFailed(options.path, error);
    }
  }

  /** Gives the event its place and time and writes it. Throws `HistoryWriteFailed`. */
  record(event: UnstampedEvent): Event {
    if (this.#failure !== undefined) throw this.#failure;
    this.#lastMs = Math.max(this.#lastMs, Math.round(this.#options.now() * 1_000) / 1_000);
    const stamped: Event = { index: this.#next, timeMs: this.#lastMs, ...event };
    this.#guard(() => this.#append(Buffer.from(encodeEvent(stamped))));
    this.#next += 1;
    this.#options.onEvent?.(stamped);
    return stamped;
  }

  /**
   * For listeners, whose throw would end the process in mid-heal: `onFailure` has told the run already when writing fails, and
   * nothing is recorded once it is disposed.
   */
  recordIfPossible(event: UnstampedEvent): void {
    if (!this.#isOpen || this.#failure !== undefined) return;
    try {
      this.record(event);
    } catch (error) {
      if (!(error instanceof HistoryWriteFailed)) throw error;
    }
  }

  flush(): void {
    this.#guard(() => fsyncSync(this.#file));
  }

  [Symbol.dispose](): void {
    this.#isOpen = false;
    closeSync(this.#file);
  }

  #append(line: Buffer): void {
    let written = 0;
    // A nearly full disk takes a part of the line and says so only in the count.
    while (written < line.length) written += writeSync(this.#file, line, written);
  }

  #guard(write: () => void): void {
    try {
      write();
    } catch (error) {
      this.#failure ??= new HistoryWriteFailed(this.#options.path, error);
      this.#options.onFailure?.(this.#failure);
      throw this.#failure;
    }
  }
}
