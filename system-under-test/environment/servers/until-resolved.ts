import { setTimeout as delay } from 'node:timers/promises';

const POLL_MS = 50;

/**
 * Repeats `attempt` until it resolves. When the signal aborts, rejects with `what` and what the last attempt was
 * told. For waiting on a server that starts: any refusal may turn into an answer.
 */
export async function untilResolved<R>(what: string, attempt: () => Promise<R>, signal: AbortSignal): Promise<R> {
  let last: unknown = signal.reason;
  while (!signal.aborted) {
    try {
      return await attempt();
    } catch (error) {
      // Being aborted ourselves says nothing about the server.
      if (!signal.aborted) last = error;
    }
    await delay(POLL_MS, undefined, { signal }).catch(() => {});
  }
  throw new Error(`${what}: ${messageOf(last)}`, { cause: last });
}

/** An error of several addresses tried (`AggregateError`) has no message of its own. */
function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return error.errors.map(messageOf).join('; ');
  return error instanceof Error ? error.message || error.name : String(error);
}
