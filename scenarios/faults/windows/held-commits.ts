import pg from 'pg';
import { z } from 'zod';
import { POSTGRES_USER } from '#sut/contract/stores.ts';

const TIMEOUT_MS = 3_000;
/** For commits under way, which the lock waits for. */
const LOCK_TIMEOUT_MS = 2_000;

/** A transaction that has written its outbox rows and stands before its commit. */
const waitingRows = z.array(z.object({ pid: z.int(), marker: z.uuid() }));
export type WaitingCommit = z.infer<typeof waitingRows>[number];

/** Who waits for the lock of this session. */
const BLOCKED = `
  select pid from pg_locks where not granted and relation = 'commit_markers'::regclass
    and pg_backend_pid() = any (pg_blocking_pids(pid))`;
const blockedRows = z.array(z.object({ pid: z.int() }));

/** Which of them are in the statement by which the services commit (the platform's `run-transaction.ts`), with a lock that only a write to the outbox takes. */
const WAITING = `
  select pid, substring(query from '''([0-9a-f-]{36})''') as marker from pg_stat_activity
  where pid = any ($1)
    and query like 'insert into commit_markers (id) values (%); commit'
    and exists (select from pg_locks held where held.pid = pg_stat_activity.pid and held.granted
      and held.relation = 'outbox_events'::regclass and held.mode = 'RowExclusiveLock')`;

/**
 * Holds up every commit in one PostgreSQL database by a lock on the table that each transaction writes to last. The lock ends with the
 * session: when it is disposed, when the signal aborts, when this process dies or the server does.
 */
export class HeldCommits implements AsyncDisposable {
  readonly #client: pg.Client;
  readonly #signal: AbortSignal;
  readonly #end = (): void => void this.#client.connection.stream.destroy();

  private constructor(client: pg.Client, signal: AbortSignal) {
    this.#client = client;
    this.#signal = signal;
    // The server is going to be killed under it.
    client.on('error', () => undefined);
    signal.addEventListener('abort', this.#end, { once: true });
  }

  static async begin(
    { port, database }: { readonly port: number; readonly database: string },
    signal: AbortSignal,
  ): Promise<HeldCommits> {
    signal.throwIfAborted();
    const client = new pg.Client({
      ...{ host: '127.0.0.1', port, database, user: POSTGRES_USER, application_name: 'chaos-held-commits' },
      connectionTimeoutMillis: TIMEOUT_MS,
      query_timeout: TIMEOUT_MS,
    });
    const held = new HeldCommits(client, signal);
    try {
      await client.connect();
      await client.query(
        `begin; set local lock_timeout = ${LOCK_TIMEOUT_MS}; lock table commit_markers in exclusive mode`,
      );
      return held;
    } catch (error) {
      await held[Symbol.asyncDispose]();
      signal.throwIfAborted();
      throw error;
    }
  }

  /** The transactions that it holds up now. */
  async waiting(): Promise<readonly WaitingCommit[]> {
    const blocked = blockedRows.parse((await this.#client.query<Record<string, unknown>>(BLOCKED)).rows);
    if (blocked.length === 0) return [];
    // Who waits is asked before what it does: the other way round, what is taken for the statement that waits could be the one before it,
    // which has committed. What a transaction has seen of the others' activity it sees again, until told to look anew.
    await this.#client.query('select pg_stat_clear_snapshot()');
    const pids = blocked.map(({ pid }) => pid);
    return waitingRows.parse((await this.#client.query<Record<string, unknown>>(WAITING, [pids])).rows);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#signal.removeEventListener('abort', this.#end);
    this.#end();
  }
}
