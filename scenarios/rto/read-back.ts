import { eventually } from '../timing/eventually.ts';
import type { ProbeSession } from './recovery-probe.ts';

const READERS = 8;
const READ_BOUND_MS = 5_000;

/**
 * Looks for every acknowledged write. `missing` are definitely not there, `unread` could not be looked for within 5 s each.
 * Rejects with the signal's reason.
 */
export async function readBack(
  ids: readonly string[],
  session: ProbeSession,
  signal: AbortSignal,
): Promise<{ readonly missing: number; readonly unread: number }> {
  const queue = [...ids];
  const count = { missing: 0, unread: 0 };
  const reader = async (): Promise<void> => {
    for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
      const isStored = await look(id, session, signal);
      if (isStored === undefined) count.unread += 1;
      else if (!isStored) count.missing += 1;
    }
  };
  await Promise.all(Array.from({ length: READERS }, reader));
  return count;
}

async function look(id: string, session: ProbeSession, signal: AbortSignal): Promise<boolean | undefined> {
  try {
    return await eventually(
      `${id} can be looked for`,
      async () => ({ seen: await session.isStored(id, AbortSignal.any([signal, AbortSignal.timeout(READ_BOUND_MS)])) }),
      { timeoutMs: READ_BOUND_MS, signal },
    );
  } catch {
    signal.throwIfAborted();
    return undefined;
  }
}
