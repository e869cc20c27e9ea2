import { backoffMs } from '../time/backoff.ts';

const BACKOFF = { minMs: 5, maxMs: 40 };
/** Longer than any caller waits. */
const GIVE_UP = 1_000;

/**
 * Calls `begin` until the broker has ended the producer's previous transaction, and so for as long as it answers
 * CONCURRENT_TRANSACTIONS: the markers of a commit, or those of an abort by which a predecessor is fenced, are written after the
 * answer (KIP-98). That answer means that nothing was done; every other rejection is the caller's.
 * The caller bounds the time; after `GIVE_UP` calls the answer is passed on.
 */
export async function onceItsTransactionEnded<Result>(begin: () => Promise<Result>): Promise<Result> {
  for (let calls = 1; ; calls += 1) {
    try {
      return await begin();
    } catch (error) {
      if (!isConcurrent(error) || calls >= GIVE_UP) throw error;
      await new Promise((resolve) => setTimeout(resolve, backoffMs(calls, BACKOFF, Math.random)));
    }
  }
}

/** The answer of a broker, or what kafkajs wraps it in. */
function isConcurrent(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const type = 'type' in error ? error.type : undefined;
  return type === 'CONCURRENT_TRANSACTIONS' || isConcurrent(error.cause);
}
