/** A domain event as the audit trail keeps it. */
export interface StoredEvent {
  readonly position: number;
  readonly messageId: string;
  readonly topic: string;
  readonly partition: number;
  /** A 64-bit number as text. */
  readonly offset: string;
  readonly aggregateId: string;
  readonly version: number;
  readonly type: string;
  readonly data: unknown;
  readonly headers: Readonly<Record<string, string>>;
  readonly storedAt: Date;
}

/** Versions of an aggregate that should be there, because a later one is; both ends are missing. */
export interface Gap {
  readonly topic: string;
  readonly aggregateId: string;
  readonly missing: readonly [from: number, to: number];
}
