import type { ClientSession, Collection, Db, MongoClient, TransactionOptions } from 'mongodb';
import type { Leases } from '../lease/leases.ts';
import { PublishBuffer } from '../outbox/publish-buffer.ts';
import type { IncomingMessage, Outbox, Store, UnitOfWork } from '../store.ts';
import { StoreUnavailableError, UnknownOutcomeError } from '../store-errors.ts';
import { backoffMs } from '../time/backoff.ts';
import { currentDeadline } from '../time/deadline.ts';
import { sleep } from '../time/sleep.ts';
import { within } from '../time/within.ts';
import {
  isCommitUnknown,
  isConflict,
  isDuplicateKey,
  isTransient,
  isUnavailable,
  TransactionConflict,
} from './classify-error.ts';
import { ConflictLane } from './conflict-lane.ts';
import { createCollections } from './create-collections.ts';
import { MongoLeases } from './mongo-leases.ts';
import { createOutboxIndexes, insertEvent, MongoOutbox } from './mongo-outbox.ts';
import type { MongoTx } from './mongo-tx.ts';
import { openClient } from './open-client.ts';

export type { MongoTx } from './mongo-tx.ts';

export interface MongoStoreOptions {
  /** mongodb://host:port/?replicaSet=rs0 */
  readonly url: string;
  readonly database: string;
  readonly service: string;
  /** Creates the service's own collections and indexes; idempotent. */
  readonly schema: (db: Db) => Promise<void>;
}

interface InboxDocument {
  readonly _id: string;
  readonly topic: string;
  readonly outcome: string;
  readonly handled_at: Date;
}

const TRANSACTION: TransactionOptions = { readConcern: { level: 'snapshot' }, writeConcern: { w: 'majority' } };
/** Conflicts are settled within a few tries; a database that is away is not waited for longer than this. */
const RETRY_MS = 3_000;
/** Those before it in the lane may all have waited for a database that is away. */
const LANE_PATIENCE_MS = 10_000;
const COMMIT_RETRY_MS = 15_000;
const CONFLICT_BACKOFF = { minMs: 4, maxMs: 250 };

/** MongoDB as a `Store`: snapshot read concern, majority write concern, so a write conflict retries the whole work. */
export class MongoStore implements Store<MongoTx> {
  readonly outbox: Outbox;
  readonly leases: Leases;
  /** For claims outside a transaction, which must read the engine's own errors; reads go through `read`. */
  readonly db: Db;
  readonly #client: MongoClient;
  readonly #options: MongoStoreOptions;
  readonly #publishedListeners: (() => void)[] = [];
  readonly #closing = new AbortController();
  readonly #lane = new ConflictLane();

  constructor(options: MongoStoreOptions) {
    this.#options = options;
    this.#client = openClient(options);
    this.db = this.#client.db(options.database);
    this.outbox = new MongoOutbox(this.#client, this.db);
    this.leases = new MongoLeases(this.db);
  }

  /**
   * Reads outside a transaction. Rejects with `StoreUnavailableError` when the database is away, and with
   * `DeadlinePassedError` when the request at work had no time left.
   */
  async read<R>(work: (db: Db) => Promise<R>): Promise<R> {
    currentDeadline()?.check();
    return this.#orUnavailable(() => work(this.db));
  }

  async transaction<R>(work: (unit: UnitOfWork<MongoTx>) => Promise<R>): Promise<R> {
    return this.#retrying(undefined, work);
  }

  async handleOnce(
    message: IncomingMessage,
    work: (unit: UnitOfWork<MongoTx>) => Promise<string>,
  ): Promise<string | 'duplicate'> {
    return this.#retrying(message.id, async (unit) => {
      const { session } = unit.tx;
      const inbox = this.#inbox();
      if ((await inbox.findOne({ _id: message.id }, { session })) !== null) return 'duplicate';
      const outcome = await work(unit);
      try {
        await inbox.insertOne({ _id: message.id, topic: message.topic, outcome, handled_at: new Date() }, { session });
      } catch (error) {
        // Another process was faster; the next try finds its row.
        throw isDuplicateKey(error) ? new TransactionConflict(error) : error;
      }
      return outcome;
    });
  }

  async prepare(): Promise<void> {
    await this.#orUnavailable(async () => {
      // After a first connection that failed, operations would find a closed client for ever; this opens a new one.
      await this.#client.connect();
      await createCollections(this.db, ['outbox_events', 'aggregate_versions', 'inbox']);
      await createOutboxIndexes(this.db);
      await this.#options.schema(this.db);
    });
  }

  async ping(): Promise<void> {
    await this.db.command({ ping: 1 });
  }

  onPublished(listener: () => void): void {
    this.#publishedListeners.push(listener);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    // Told of sessions to end, a silent server may never answer.
    await within(this.#client.close(), 3_000, 'closing the database connections').catch(() => {});
  }

  #inbox(): Collection<InboxDocument> {
    return this.db.collection<InboxDocument>('inbox');
  }

  /**
   * Runs the work in one session until it has committed. The session matters: a second try gets a higher transaction
   * number, so a commit of the first that is still on its way through a broken network can do nothing any more.
   */
  async #retrying<R>(causeId: string | undefined, work: (unit: UnitOfWork<MongoTx>) => Promise<R>): Promise<R> {
    return this.#orUnavailable(() =>
      this.#client.withSession(async (session) => {
        const attempt = () => this.#attempt(session, causeId, work);
        const sinceMs = performance.now();
        try {
          return await this.#attempts(attempt, (error) => isTransient(error) && !isConflict(error));
        } catch (error) {
          if (!isConflict(error)) throw error;
          return await this.#lane.run(() => {
            if (performance.now() - sinceMs > LANE_PATIENCE_MS) throw error;
            return this.#attempts(attempt, isTransient);
          });
        }
      }),
    );
  }

  async #attempts<R>(attempt: () => Promise<R>, mayTryAgain: (error: unknown) => boolean): Promise<R> {
    const giveUp = AbortSignal.timeout(RETRY_MS);
    for (let tries = 1; ; tries += 1) {
      // Nobody waits for the outcome of another try.
      currentDeadline()?.check();
      try {
        return await attempt();
      } catch (error) {
        // A commit that was lost takes longer than all patience to be noticed, and deserves a second try.
        const isTooLate = (giveUp.aborted && tries > 1) || this.#closing.signal.aborted;
        if (!mayTryAgain(error) || isTooLate) throw error;
      }
      await sleep(backoffMs(tries, CONFLICT_BACKOFF, Math.random), giveUp);
    }
  }

  async #attempt<R>(
    session: ClientSession,
    causeId: string | undefined,
    work: (unit: UnitOfWork<MongoTx>) => Promise<R>,
  ): Promise<R> {
    const tx: MongoTx = { session, db: this.db };
    const published = new PublishBuffer(causeId);
    const afterCommit: (() => void)[] = [];
    session.startTransaction(TRANSACTION);
    let result: R;
    try {
      result = await work({
        tx,
        publish: async (message) => published.add(message),
        afterCommit: (action) => afterCommit.push(action),
      });
      for (const { message, origin } of published.inLockOrder()) await insertEvent(tx, message, origin);
    } catch (error) {
      // Best effort: the server drops an abandoned transaction by itself.
      await session.abortTransaction().catch(() => {});
      throw error;
    }
    await commit(session);
    if (!published.isEmpty) for (const listener of this.#publishedListeners) listener();
    for (const action of afterCommit) action();
    return result;
  }

  async #orUnavailable<R>(work: () => Promise<R>): Promise<R> {
    try {
      return await work();
    } catch (error) {
      // What is transient was tried often enough, and certainly did not commit.
      if (error instanceof Error && (isUnavailable(error) || isTransient(error))) {
        throw new StoreUnavailableError(`database unavailable: ${error.message}`, { cause: error });
      }
      throw error;
    }
  }
}

/** Resolves when the transaction has certainly committed: the server remembers, so asking again is safe. */
async function commit(session: ClientSession): Promise<void> {
  const giveUp = AbortSignal.timeout(COMMIT_RETRY_MS);
  for (;;) {
    try {
      await session.commitTransaction();
      return;
    } catch (error) {
      // Labelled transient: it certainly did not commit. Unlabelled errors of the network are as open as labelled ones.
      if (isTransient(error)) throw error;
      if (!isCommitUnknown(error) && !isUnavailable(error)) throw error;
      if (giveUp.aborted) throw new UnknownOutcomeError('commit unanswered', { cause: error });
    }
    await sleep(100, giveUp);
  }
}
