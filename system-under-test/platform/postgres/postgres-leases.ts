import type { LeaseAnswer, LeaseClaim, Leases } from '../lease/leases.ts';
import type { Query } from './postgres-outbox.ts';

const IS_FREE = '(held.holder = $3 or held.held_until <= now() or ($5 and held.instance = $2))';

/** One statement, so that asking for a lease that somebody has leaves a trace of the asking. */
const TAKE = `
  insert into leases as held (name, instance, holder, held_until, wanted_until)
  values ($1, $2, $3, now() + $4 * interval '1 millisecond', '-infinity')
  on conflict (name) do update set
    instance = case when ${IS_FREE} then excluded.instance else held.instance end,
    holder = case when ${IS_FREE} then excluded.holder else held.holder end,
    held_until = case when ${IS_FREE} then excluded.held_until else held.held_until end,
    wanted_until = case when ${IS_FREE} then held.wanted_until else excluded.held_until end
  returning holder = $3 as is_held, wanted_until > now() as is_contended`;

/** Leases as rows of `leases`. */
export class PostgresLeases implements Leases {
  readonly #query: Query;
  constructor(query: Query) {
    this.#query = query;
  }

  async take({ name, instance, holder, leaseMs, succeeds }: LeaseClaim): Promise<LeaseAnswer> {
    const [row] = await this.#query<{ is_held: boolean; is_contended: boolean }>(TAKE, [
      name,
      instance,
      holder,
      leaseMs,
      succeeds,
    ]);
    if (row === undefined) throw new Error(`no answer about lease ${name}`);
    return { isHeld: row.is_held, isContended: row.is_contended };
  }

  async release({ name, holder }: Pick<LeaseClaim, 'name' | 'holder'>): Promise<void> {
    await this.#query('update leases set held_until = now() where name = $1 and holder = $2', [name, holder]);
  }
}
