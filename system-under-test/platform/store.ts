import type { Leases } from './lease/leases.ts';

/** A message for a topic. The outbox adds id, version, cause and trace context when the unit of work commits. */
export interface OutgoingMessage {
  readonly topic: string;
  readonly aggregateId: string;
  readonly type: string;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly sagaId?: string;
  readonly orderId?: string;
  /** By default those that the running work is done for. */
  readonly userId?: string;
  readonly requestId?: string;
  /**
   * Id of the message that this one answers. Inside `handleOnce` it is the handled message by default; work that
   * finishes later (a worker's reply) names it.
   */
  readonly causeId?: string;
  /** W3C trace context to continue; by default that of the active span. */
  readonly traceparent?: string;
}

/**
 * One transaction on the service's own database. Business rows written through `tx`, published messages and the
 * inbox row of the message being handled commit together or not at all.
 */
export interface UnitOfWork<Tx> {
  readonly tx: Tx;
  /** Writes the message to the outbox in this transaction, under the id given back; the relay brings it to its topic exactly once. */
  publish(message: OutgoingMessage): Promise<string>;
  /**
   * Runs `action` in this process once the commit is certain. It is lost when the process dies in between, so it may
   * only hurry up what a poll would find anyway (`context.wake`).
   */
  afterCommit(action: () => void): void;
}

/** What a message handler sees of a Kafka record. */
export interface IncomingMessage {
  readonly id: string;
  readonly topic: string;
  readonly type: string;
  readonly aggregateId: string;
  readonly version: number;
  readonly sagaId: string | undefined;
  readonly orderId: string | undefined;
  readonly payload: unknown;
  readonly traceparent: string | undefined;
  readonly record: RecordFacts;
}

/** Where a message stands in its topic, and every header that came with it. */
export interface RecordFacts {
  readonly partition: number;
  /** A 64-bit number as text, as Kafka clients hand it over. */
  readonly offset: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** A committed outbox row. `headers` are those of the record that the relay makes of it. */
export interface OutboxEvent {
  readonly id: string;
  readonly topic: string;
  readonly aggregateId: string;
  readonly type: string;
  /** 1, 2, 3 … per (topic, aggregate). */
  readonly version: number;
  readonly payload: unknown;
  readonly headers: Readonly<Record<string, string>>;
  readonly createdAt: Date;
  readonly processedAt: Date | undefined;
}

/** The outbox as the relay and the admin route see it. */
export interface Outbox {
  /**
   * Committed events that are not marked processed, from one snapshot, at most `limit`. Per (topic, aggregate) they
   * come in the order of their versions and without a gap before any of them.
   */
  fetchPending(limit: number): Promise<readonly OutboxEvent[]>;
  /** Durable when it resolves; marking an event again changes nothing. */
  markProcessed(ids: readonly string[]): Promise<void>;
  /**
   * `markProcessed` and then `fetchPending`, at the price of one of them: where the engine cannot do both at once, it fetches only after
   * a full batch, and `onPublished` tells what has been committed since a smaller one.
   */
  markAndFetch(ids: readonly string[], limit: number): Promise<readonly OutboxEvent[]>;
  /** The newest events, for `/admin/outbox/events`. */
  latest(limit: number): Promise<readonly OutboxEvent[]>;
  /** How many committed events are not marked processed. */
  pendingCount(): Promise<number>;
}

/**
 * The database of one service. `Tx` is what its engine needs inside a transaction: a `pg` client, or a MongoDB
 * session with its database.
 */
export interface Store<Tx> extends AsyncDisposable {
  /**
   * Runs `work` in one transaction and retries it as a whole when the engine says that it may be retried
   * (serialization failure, deadlock, transient transaction error); `work` must therefore be free of other effects.
   * A commit whose outcome is unknown is resolved by reading back, never guessed.
   * Rejects with `StoreUnavailableError` when the database did not answer and nothing was committed, and with
   * `UnknownOutcomeError` when it stayed away so long that nobody can tell, and with `DeadlinePassedError` when the
   * request at work had no time left to begin it in.
   */
  transaction<R>(work: (unit: UnitOfWork<Tx>) => Promise<R>): Promise<R>;
  /**
   * Like `transaction`, for a message: runs `work` only when the inbox has not seen the message, and records it with
   * the outcome that `work` returns. Resolves to `duplicate` when it was handled before.
   */
  handleOnce(message: IncomingMessage, work: (unit: UnitOfWork<Tx>) => Promise<string>): Promise<string | 'duplicate'>;
  /** Creates what is missing of the schema (platform's tables and the service's); idempotent, safe to run twice at once. */
  prepare(): Promise<void>;
  /** Resolves when the database answers. */
  ping(): Promise<void>;
  readonly outbox: Outbox;
  readonly leases: Leases;
  /** Called after each commit that published something; wakes the relay. */
  onPublished(listener: () => void): void;
}
