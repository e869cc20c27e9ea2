import { UnknownOutcomeError } from '../store-errors.ts';
import { sleep } from '../time/sleep.ts';
import { type Connect, withConnection } from './connection.ts';

/** A transaction whose COMMIT was sent and never answered. */
export interface UnknownCommit {
  /** Row of `commit_markers` that the transaction wrote: there if and only if it committed. */
  readonly marker: string;
  /** Server process of the broken connection. */
  readonly backendPid: number | undefined;
}

/**
 * Finds out whether the transaction committed, and to stay, by finding its marker once its server process is gone: before
 * that, a COMMIT may still be on its way through a network that was cut. (The transaction id would not do: after a
 * crash of the server an id that never reached the log is given out again.)
 */
export async function didCommit(connect: Connect, commit: UnknownCommit, timeoutMs: number): Promise<boolean> {
  const deadline = AbortSignal.timeout(timeoutMs);
  let lastError: unknown = new Error('its server process did not end');
  while (!deadline.aborted) {
    try {
      if (await isBackendGone(connect, commit.backendPid)) return await isMarked(connect, commit.marker);
    } catch (error) {
      lastError = error;
    }
    await sleep(100, deadline);
  }
  throw new UnknownOutcomeError(`commit unanswered and not to be read back within ${timeoutMs} ms`, {
    cause: lastError,
  });
}

async function isBackendGone(connect: Connect, pid: number | undefined): Promise<boolean> {
  if (pid === undefined) return true;
  const found = await withConnection(connect, (client) =>
    client.query(
      'select pg_terminate_backend(pid) from pg_stat_activity where pid = $1 and datname = current_database() and usename = current_user',
      [pid],
    ),
  );
  return found.rowCount === 0;
}

/**
 * Not by reading alone: ending a server process that waits for its standby makes visible what only the primary has, and a
 * failover would take it back. This write is committed after that on the same log, so its own commit waits until the
 * standby has both.
 */
async function isMarked(connect: Connect, marker: string): Promise<boolean> {
  const found = await withConnection(connect, (client) =>
    client.query('update commit_markers set id = id where id = $1', [marker]),
  );
  return found.rowCount === 1;
}
