import type { Logger } from 'pino';
import type { Store } from '../store.ts';
import { backoffMs } from '../time/backoff.ts';
import { sleep } from '../time/sleep.ts';

/** Prepares the store, again and again until the database is there. Resolves false when `signal` aborts first. */
export async function prepareStore(store: Store<unknown>, log: Logger, signal: AbortSignal): Promise<boolean> {
  for (let failures = 1; !signal.aborted; failures += 1) {
    try {
      await store.prepare();
      return true;
    } catch (error) {
      log.warn({ err: error, failures }, 'database not prepared yet');
      await sleep(backoffMs(failures, { minMs: 50, maxMs: 500 }, Math.random), signal);
    }
  }
  return false;
}
