import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { PublishBuffer } from '../outbox/publish-buffer.ts';
import type { UnitOfWork } from '../store.ts';
import { backoffMs } from '../time/backoff.ts';
import { currentDeadline } from '../time/deadline.ts';
import { sleep } from '../time/sleep.ts';
import { meaningOf } from './classify-error.ts';
import { asError, type Connect, type Statement, unavailable } from './connection.ts';
import { discard } from './pool-settings.ts';
import { eventInsertion } from './postgres-outbox.ts';
import { didCommit } from './unknown-commit.ts';

export interface TransactionOptions {
  readonly connect: Connect;
  /** Message being handled, the cause of everything that is published. */
  readonly causeId: string | undefined;
  /** A statement that travels with `begin`, its values in its text; the work gets its result. */
  readonly opening?: string;
  /** Called after a commit that published something. */
  readonly onPublished: () => void;
  /** Aborts when the store is closed. */
  readonly closing: AbortSignal;
}

export interface PostgresUnit extends UnitOfWork<pg.PoolClient> {
  /** What the opening statement answered. */
  readonly opened: pg.QueryResult;
  /** To be run just before the commit, on the same trip; nobody reads its answer. */
  readonly atCommit: (statement: Statement) => void;
}

export type Work<R> = (unit: PostgresUnit) => Promise<R>;

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
  const last: Statement[] = [];
  const afterCommit: (() => void)[] = [];
  let result: R;
  try {
    // The pool may have let it wait.
    currentDeadline()?.check();
    const opened = await open(client, options.opening);
    result = await work({
      tx: client,
      opened,
      atCommit: (statement) => last.push(statement),
      publish: async (message) => published.add(message),
      afterCommit: (action) => afterCommit.push(action),
    });
    for (const { message, origin } of published.inLockOrder()) last.push(eventInsertion(message, origin));
  } catch (error) {
    return rollBack(client, error);
  }
  await commit(options.connect, client, last);
  if (!published.isEmpty) options.onPublished();
  for (const action of afterCommit) action();
  return result;
}

/** One query, so that nothing of it is done without a transaction: on a trip of its own a failed `begin` would go unnoticed. */
async function open(client: pg.PoolClient, opening: string | undefined): Promise<pg.QueryResult> {
  if (opening === undefined) return client.query('begin');
  const results: unknown = await client.query(`begin; ${opening}`);
  const opened: unknown = Array.isArray(results) ? results[1] : undefined;
  if (opened instanceof pg.Result) return opened;
  throw new Error('the database did not answer the statement that opens the transaction');
}

/** Writes the last statements and resolves when the transaction has certainly committed. */
async function commit(connect: Connect, client: pg.PoolClient, statements: readonly Statement[]): Promise<void> {
  const marker = randomUUID();
  const backendPid = backendPidOf(client);
  let areWritten = false;
  try {
    // One round trip. In a transaction that an error has doomed, a swallowed one or that of a statement on this trip, the
    // marker's insert fails, where COMMIT alone would roll back without a word.
    const written = statements.map(({ text, values }) => client.query(text, [...values]));
    const committed = client.query(`insert into commit_markers (id) values ('${marker}'); commit`);
    committed.catch(() => {});
    await Promise.all(written);
    areWritten = true;
    await committed;
    client.release();
  } catch (error) {
    // The server's own refusal of a statement is certain: the commit behind it has done nothing. A lost connection leaves open
    // how far the trip has come, and so does every failure of the commit itself.
    const isRefused = !areWritten && error instanceof pg.DatabaseError;
    if (isRefused || meaningOf(error) !== 'unavailable') return rollBack(client, error);
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
