import type { Event } from './event.ts';
import { parseEvent } from './parse-event.ts';

/** One event as one line, newline included. Append lines in the order of `index`; never rewrite one. */
export function encodeEvent(event: Event): string {
  return `${JSON.stringify(event)}\n`;
}

export interface DecodedHistory {
  readonly events: readonly Event[];
  /** The last line was torn (the writer died within it) and has been left out. */
  readonly truncated: boolean;
}

/**
 * Reads a history piece by piece, cut anywhere, even within a character. A torn last line is left out; anything
 * else that is no event in its place throws `CorruptHistory` from the `push` that completes the line.
 */
export class HistoryDecoder {
  readonly #events: Event[] = [];
  readonly #utf8 = new TextDecoder();
  #rest = '';

  push(chunk: string | Uint8Array): void {
    const text = typeof chunk === 'string' ? chunk : this.#utf8.decode(chunk, { stream: true });
    let start = 0;
    let end = text.indexOf('\n');
    while (end !== -1) {
      const line = this.#rest === '' ? text.slice(start, end) : this.#rest + text.slice(start, end);
      this.#rest = '';
      this.#events.push(parseEvent(line, this.#events.length));
      start = end + 1;
      end = text.indexOf('\n', start);
    }
    this.#rest += text.slice(start);
  }

  /** Call once, after the last chunk. A last line that is whole but for its newline counts. */
  end(): DecodedHistory {
    const last = this.#rest + this.#utf8.decode();
    this.#rest = '';
    if (last === '') return { events: this.#events, truncated: false };
    // No proper prefix of a JSON object is JSON, so a line that parses was written whole.
    if (!isJson(last)) return { events: this.#events, truncated: true };
    this.#events.push(parseEvent(last, this.#events.length));
    return { events: this.#events, truncated: false };
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Reads a whole history from memory; see `HistoryDecoder` for what it tolerates. */
export function decodeHistory(chunks: string | Iterable<string | Uint8Array>): DecodedHistory {
  const decoder = new HistoryDecoder();
  for (const chunk of typeof chunks === 'string' ? [chunks] : chunks) decoder.push(chunk);
  return decoder.end();
}
