import { readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const GRACE_MS = 1_000;
const LIMIT_MS = 10_000;
const POLL_MS = 25;

/**
 * After `kill -9` of the postmaster its children notice at their next wait and end; until then the shared memory
 * stays attached and a new postmaster refuses to start. Waits for them, and kills those that do not end (paused ones
 * never would). Rejects when some are still there after 10 s. A cluster whose postmaster lives is left alone: it is
 * Patroni that is about to start again, and it finds its PostgreSQL where it was.
 */
export async function clearPostgresLeftovers(dataDir: string, signal: AbortSignal): Promise<void> {
  const startedAt = performance.now();
  for (;;) {
    signal.throwIfAborted();
    const pids = await processesIn(dataDir);
    if (pids.length === 0 || pids.includes(await postmasterOf(dataDir))) return;
    const elapsedMs = performance.now() - startedAt;
    if (elapsedMs > LIMIT_MS) {
      throw new Error(
        `PostgreSQL processes ${pids.join(', ')} of ${dataDir} did not end within ${LIMIT_MS} ms of SIGKILL`,
      );
    }
    if (elapsedMs > GRACE_MS) pids.forEach(kill);
    await delay(POLL_MS, undefined, { signal });
  }
}

/** PostgreSQL processes whose working folder is the data folder (all of a cluster's are); [] where there is no /proc. */
async function processesIn(dataDir: string): Promise<readonly number[]> {
  const entries = await readdir('/proc').catch(() => [] as string[]);
  const pids = entries.filter((entry) => /^\d+$/.test(entry));
  const isOurs = await Promise.all(
    pids.map(async (pid) => {
      const cwd = await readlink(`/proc/${pid}/cwd`).catch(() => '');
      return cwd === dataDir && (await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '')).startsWith('postgres');
    }),
  );
  return pids.filter((_, index) => isOurs[index]).map(Number);
}

/** Process id in `postmaster.pid`, NaN without one. It may be that of a postmaster that was killed. */
export async function postmasterOf(dataDir: string): Promise<number> {
  const text = await readFile(join(dataDir, 'postmaster.pid'), 'utf8').catch(() => '');
  return Number.parseInt(text, 10);
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended meanwhile.
  }
}
