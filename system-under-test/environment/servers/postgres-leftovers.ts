import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { postgresProcessesIn } from '../keeper/marked-processes.ts';
import { signalExactly } from '../keeper/process-identity.ts';

const GRACE_MS = 1_000;
const LIMIT_MS = 10_000;
const POLL_MS = 25;

/**
 * After `kill -9` of the postmaster its children notice at their next wait and end; until then the shared memory
 * stays attached and a new postmaster refuses to start. Waits for them, and kills those that do not end (paused ones
 * never would). Rejects when some are still there after 10 s. A cluster whose postmaster lives is left alone: it is
 * Patroni that is about to start again, and it finds its PostgreSQL where it was. Finds none where there is no /proc.
 */
export async function clearPostgresLeftovers(dataDir: string, signal: AbortSignal): Promise<void> {
  if (!existsSync('/proc')) return;
  const startedAt = performance.now();
  for (;;) {
    signal.throwIfAborted();
    const leftovers = postgresProcessesIn(dataDir);
    const pids = leftovers.map(({ pid }) => pid);
    if (pids.length === 0 || pids.includes(await postmasterOf(dataDir))) return;
    const elapsedMs = performance.now() - startedAt;
    if (elapsedMs > LIMIT_MS) {
      throw new Error(
        `PostgreSQL processes ${pids.join(', ')} of ${dataDir} did not end within ${LIMIT_MS} ms of SIGKILL`,
      );
    }
    if (elapsedMs > GRACE_MS) for (const leftover of leftovers) signalExactly(leftover, 'SIGKILL');
    await delay(POLL_MS, undefined, { signal });
  }
}

/** Process id in `postmaster.pid`, NaN without one. It may be that of a postmaster that was killed. */
export async function postmasterOf(dataDir: string): Promise<number> {
  const text = await readFile(join(dataDir, 'postmaster.pid'), 'utf8').catch(() => '');
  return Number.parseInt(text, 10);
}
