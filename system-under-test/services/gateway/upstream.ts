import { callJson, type JsonAnswer, type JsonCall, NoAnswerError } from '#sut/platform/http/call-json.ts';
import type { Deadline } from '#sut/platform/time/deadline.ts';
import { mayRepeat } from './may-repeat.ts';

/** A request for a service; `target` is path and query. */
export interface UpstreamCall extends Pick<JsonCall, 'method' | 'body' | 'headers' | 'signal'> {
  readonly target: string;
  readonly isIdempotent: boolean;
  readonly deadline: Deadline;
}

/** By these an instance says that it has done nothing: it speaks for itself alone. */
const DID_NOTHING: readonly number[] = [503, 504];

/** The instances of one service. Requests go to the one that answered last; the others are there for when it does not. */
export class Upstream {
  readonly #origins: readonly string[];
  #preferred = 0;

  constructor(urls: readonly string[]) {
    this.#origins = urls.map((url) => new URL(url).origin);
  }

  /**
   * The answer of the first instance that gives one; each is tried at most once, and another only where that does no harm
   * (`mayRepeat`). @throws NoAnswerError of the first that may have done the work, if there was one, also when a later one
   * refuses or has done nothing: the outcome stays open. Otherwise that of the last.
   */
  async call({ target, isIdempotent, deadline, ...call }: UpstreamCall): Promise<JsonAnswer> {
    const count = this.#origins.length;
    let open: NoAnswerError | undefined;
    for (let tried = 1; ; tried += 1) {
      const index = this.#preferred % count;
      const isLast = tried === count;
      // Silence of the first must leave time for the second.
      const timeoutMs = deadline.remainingMs() / (isIdempotent && !isLast ? 2 : 1);
      let answer: JsonAnswer;
      try {
        answer = await callJson({ ...call, url: `${this.#origins[index]}${target}`, timeoutMs });
      } catch (error) {
        if (!(error instanceof NoAnswerError)) throw open ?? error;
        if (error.kind !== 'refused') open ??= error;
        // Unless another request has found out already.
        if (error.kind !== 'aborted' && this.#preferred % count === index) this.#preferred = index + 1;
        if (isLast || !mayRepeat(error.kind, isIdempotent)) throw open ?? error;
        continue;
      }
      if (open !== undefined && DID_NOTHING.includes(answer.status)) throw open;
      return answer;
    }
  }
}
