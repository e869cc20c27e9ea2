import type { Completion } from '../history/event.ts';

/** What HTTP answers to the connection or the load, and not to the request: it may have been passed on, or never looked at. */
export const NO_ANSWER: ReadonlySet<number> = new Set([408, 429]);

/**
 * Whether the system gave its answer: `ok`, or a refusal by its own rules (HTTP 4xx, such as 409 for a cancellation that
 * comes too late). 408 and 429 say that it could not, and anything else leaves the outcome open or was never looked at.
 */
export function isAnswered(completion: Completion): boolean {
  if (completion.type === 'ok') return true;
  if (completion.type !== 'fail') return false;
  const status = /^4\d\d\b/.exec(completion.error ?? '')?.[0];
  return status !== undefined && !NO_ANSWER.has(Number(status));
}
