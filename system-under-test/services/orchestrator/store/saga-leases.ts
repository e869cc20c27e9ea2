import type { PostgresStore } from '#sut/platform/postgres/postgres-store.ts';

/** Who holds a lease: a replica, and which start of it. */
interface LeaseHolder {
  readonly instance: string;
  readonly incarnation: string;
}

/** Which sagas a look for overdue ones takes. */
interface Overdue {
  readonly limit: number;
  readonly excludedIds: readonly string[];
  /** Only those whose messages have all been published for so long; undefined: nobody marks what is published. */
  readonly sentForMs: number | undefined;
}

/** Longer than any transaction of ours may take, shorter than anybody wants to wait for a dead replica. */
export const LEASE_MS = 5_000;

const TAKE = `update sagas set
    fence = fence + case when lease_owner = $1 and lease_incarnation = $2 and lease_until > now() then 0 else 1 end,
    lease_owner = $1, lease_incarnation = $2, lease_until = now() + $3 * interval '1 millisecond'`;

/**
 * Leases on sagas, by the database's clock. A lease only keeps replicas out of each other's way; what protects a saga
 * from a holder that slept through its lease is the fence, which every save checks. Leases are taken in a transaction
 * of their own, so that others see them while the saga is being advanced.
 */
export class SagaLeases {
  readonly #store: Pick<PostgresStore, 'query'>;
  readonly #instance: string;
  readonly #leaseMs: number;
  #holder: Promise<LeaseHolder> | undefined;

  constructor(store: Pick<PostgresStore, 'query'>, instance: string, leaseMs: number) {
    this.#store = store;
    this.#instance = instance;
    this.#leaseMs = leaseMs;
  }

  /**
   * Takes the lease, or keeps it when this process has it already; resolves to its fence. A lease of an earlier
   * incarnation of this instance is taken over at once: that process is dead. Undefined when another instance holds
   * it, or there is no such saga.
   */
  async take(sagaId: string): Promise<string | undefined> {
    const { instance, incarnation } = await this.#self();
    const [row] = await this.#store.query<{ fence: string }>(
      `${TAKE} where id = $4 and (lease_until <= now() or (lease_owner = $1 and lease_incarnation <= $2)) returning fence`,
      [instance, incarnation, this.#leaseMs, sagaId],
    );
    return row?.fence;
  }

  /** Takes the leases of overdue sagas, the most overdue first, and names them. */
  async takeOverdue({ limit, excludedIds, sentForMs }: Overdue): Promise<readonly string[]> {
    const { instance, incarnation } = await this.#self();
    const rows = await this.#store.query<{ id: string }>(
      `${TAKE} where id in (
         select id from sagas
         where deadline <= now() and id <> all ($4::text[])
           and (lease_until <= now() or (lease_owner = $1 and lease_incarnation < $2))
           and ($6::float8 is null or not exists (
             select from outbox_events sent where sent.aggregate_id = sagas.id
             and (sent.processed_at is null or sent.processed_at > now() - $6 * interval '1 millisecond')))
         order by deadline limit $5 for update skip locked
       ) returning id`,
      [instance, incarnation, this.#leaseMs, excludedIds, limit, sentForMs ?? null],
    );
    return rows.map((row) => row.id);
  }

  /** Counted in the database, so that a later start of the instance is known to be later. */
  #self(): Promise<LeaseHolder> {
    this.#holder ??= this.#begin().catch((error: unknown) => {
      this.#holder = undefined;
      throw error;
    });
    return this.#holder;
  }

  async #begin(): Promise<LeaseHolder> {
    const [row] = await this.#store.query<{ incarnation: string }>(
      `insert into orchestrators (instance, incarnation) values ($1, 1)
       on conflict (instance) do update set incarnation = orchestrators.incarnation + 1 returning incarnation`,
      [this.#instance],
    );
    if (row === undefined) throw new Error(`no incarnation for instance ${this.#instance}`);
    return { instance: this.#instance, incarnation: row.incarnation };
  }
}
