import { callJson, type JsonAnswer, type JsonCall, NoAnswerError } from '#sut/platform/http/call-json.ts';
import type { Deadline } from '#sut/platform/time/deadline.ts';
import { mayRepeat } from './may-repeat.ts';

/** A request for a service; `target` is path and query. */
export interface UpstreamCall extends Pick<JsonCall, 'method' | 'body' | 'headers' | 'signal'> {
  readonly target: string;
  readonly isIdempotent: boolean;
  readonly deadline: Deadline;
}

/** The instances of one service. Requests go to the one that answered last; the others are there for when it does not. */
export class Upstream {
  readonly #origins: readonly string[];
  #preferred = 0;

  constructor(urls: readonly string[]) {
    this.#origins = urls.map((url) => new URL(url).origin);
  }

  /**
   * The answer of the first instance that gives one. @throws NoAnswerError of the last that was tried, each instance at
   * most once and never a second one when the first may have done the work (`mayRepeat`).
   */
  async call({ target, isIdempotent, deadline, ...call }: UpstreamCall): Promise<JsonAnswer> {
    const count = this.#origins.length;
    for (let tried = 1; ; tried += 1) {
      const index = this.#preferred % count;
      const isLast = tried === count;
      // Silence of the first must leave time for the second.
      const timeoutMs = deadline.remainingMs() / (isIdempotent && !isLast ? 2 : 1);
      try {
        return await callJson({ ...call, url: `${this.#origins[index]}${target}`, timeoutMs });
      } catch (error) {
        if (!(error instanceof NoAnswerError)) throw error;
        // Unless another request has found out already.
        if (error.kind !== 'aborted' && this.#preferred % count === index) this.#preferred = index + 1;
        if (isLast || !mayRepeat(error.kind, isIdempotent)) throw error;
      }
    }
  }
}
