import type { Completion } from '../history/event.ts';

/**
 * Whether the system gave its answer: `ok`, or a refusal by its own rules (HTTP 4xx, such as 409 for a cancellation that
 * comes too late). 408 and 429 say that it could not, and anything else leaves the outcome open or was never looked at.
 */
export function isAnswered(completion: Completion): boolean {
  if (completion.type === 'ok') return true;
  if (completion.type !== 'fail') return false;
  const status = /^4\d\d\b/.exec(completion.error ?? '')?.[0];
  return status !== undefined && status !== '408' && status !== '429';
}
