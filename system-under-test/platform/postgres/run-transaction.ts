import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { PublishBuffer } from '../outbox/publish-buffer.ts';
import type { UnitOfWork } from '../store.ts';
import { backoffMs } from '../time/backoff.ts';
import { currentDeadline } from '../time/deadline.ts';
import { sleep } from '../time/sleep.ts';
import { meaningOf } from './classify-error.ts';
import { asError, type Connect, unavailable } from './connection.ts';
import { discard } from './pool-settings.ts';
import { insertEvent } from './postgres-outbox.ts';
import { didCommit } from './unknown-commit.ts';

export interface TransactionOptions {
  readonly connect: Connect;
  /** Message being handled, the cause of everything that is published. */
  readonly causeId: string | undefined;
  /** Called after a commit that published something. */
  readonly onPublished: () => void;
  /** Aborts when the store is closed. */
  readonly closing: AbortSignal;
}

export type Work<R> = (unit: UnitOfWork<pg.PoolClient>) => Promise<R>;

const CONFLICT_ATTEMPTS_MAX = 20;
const CONFLICT_BACKOFF = { minMs: 4, maxMs: 200 };
/** A pooled connection may have died unnoticed (the server restarted): the next one is tried at once. */
const STALE_CONNECTIONS_MAX = 2;
const READ_BACK_TIMEOUT_MS = 15_000;

/**
 * Runs the work in a transaction until it has certainly committed or certainly not; see `Store.transaction`. None is
 * begun after the deadline of the request at work.
 */
export async function runTransaction<R>(options: TransactionOptions, work: Work<R>): Promise<R> {
  let conflicts = 0;
  let stale = 0;
  for (;;) {
    try {
      return await attempt(options, work);
    } catch (error) {
      if (error instanceof Conflict) {
        conflicts += 1;
        if (conflicts >= CONFLICT_ATTEMPTS_MAX) throw error.cause;
        await sleep(backoffMs(conflicts, CONFLICT_BACKOFF, Math.random), options.closing);
      } else if (error instanceof StaleConnection) {
        stale += 1;
        if (stale > STALE_CONNECTIONS_MAX) throw unavailable(error.cause);
      } else throw error;
    }
  }
}

async function attempt<R>(options: TransactionOptions, work: Work<R>): Promise<R> {
  currentDeadline()?.check();
  const client = await options.connect();
  const published = new PublishBuffer(options.causeId);
  const afterCommit: (() => void)[] = [];
  let result: R;
  try {
    // The pool may have let it wait.
    currentDeadline()?.check();
    await client.query('begin');
    result = await work({
      tx: client,
      publish: async (message) => published.add(message),
      afterCommit: (action) => afterCommit.push(action),
    });
    for (const { message, origin } of published.inLockOrder()) await insertEvent(client, message, origin);
  } catch (error) {
    return rollBack(client, error);
  }
  await commit(options.connect, client);
  if (!published.isEmpty) options.onPublished();
  for (const action of afterCommit) action();
  return result;
}

/** Resolves when the transaction has certainly committed. */
async function commit(connect: Connect, client: pg.PoolClient): Promise<void> {
  const marker = randomUUID();
  const backendPid = backendPidOf(client);
  try {
    // One round trip. In a transaction that a swallowed error has doomed the insert fails, where COMMIT alone would
    // roll back without a word.
    await client.query(`insert into commit_markers (id) values ('${marker}'); commit`);
    client.release();
  } catch (error) {
    if (meaningOf(error) !== 'unavailable') return rollBack(client, error);
    discard(client, asError(error));
    if (await didCommit(connect, { marker, backendPid }, READ_BACK_TIMEOUT_MS)) return;
    throw new StaleConnection(error);
  }
}

/** Ends a transaction that did not reach its commit, gives the connection back and says what to do next. */
async function rollBack(client: pg.PoolClient, error: unknown): Promise<never> {
  const meaning = meaningOf(error);
  if (meaning === 'unavailable') {
    discard(client, asError(error));
    throw isSilence(error) ? unavailable(error) : new StaleConnection(error);
  }
  try {
    await client.query('rollback');
    client.release();
  } catch (rollbackError) {
    discard(client, asError(rollbackError));
  }
  throw meaning === 'retry' ? new Conflict(error) : error;
}

/** The engine asks for another try of the whole transaction. */
class Conflict extends Error {
  constructor(cause: unknown) {
    super('transaction conflict', { cause });
  }
}

/** The connection broke before the commit, or after one that certainly failed. */
class StaleConnection extends Error {
  constructor(cause: unknown) {
    super('connection lost', { cause });
  }
}

/** Known to the driver from the server's greeting, missing in its types. */
function backendPidOf(client: pg.PoolClient): number | undefined {
  return 'processID' in client && typeof client.processID === 'number' ? client.processID : undefined;
}

/** A timeout: trying the next connection at once would only wait as long again. */
const isSilence = (error: unknown): boolean => error instanceof Error && /timeout/i.test(error.message);
