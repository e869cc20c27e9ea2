import type { Collection, Db } from 'mongodb';
import type { LeaseAnswer, LeaseClaim, Leases } from '../lease/leases.ts';
import { isDuplicateKey } from './classify-error.ts';

interface LeaseDocument {
  readonly _id: string;
  readonly instance: string;
  readonly holder: string;
  readonly held_until: Date;
  readonly wanted_until?: Date;
}

/** Leases as documents of `leases`, by the server's clock (`$$NOW`). */
export class MongoLeases implements Leases {
  readonly #db: Db;
  constructor(db: Db) {
    this.#db = db;
  }

  async take(claim: LeaseClaim): Promise<LeaseAnswer> {
    const { name, holder, leaseMs } = claim;
    try {
      const lease = await this.#leases().findOneAndUpdate({ _id: name }, takeOf(claim), {
        upsert: true,
        returnDocument: 'after',
      });
      if (lease === null) throw new Error(`no answer about lease ${name}`);
      // The server's time of the update, as the lease tells it.
      const nowMs = lease.held_until.getTime() - leaseMs;
      return { isHeld: lease.holder === holder, isContended: (lease.wanted_until?.getTime() ?? 0) > nowMs };
    } catch (error) {
      // Somebody else has just created it.
      if (isDuplicateKey(error)) return { isHeld: false, isContended: true };
      throw error;
    }
  }

  async release({ name, holder }: Pick<LeaseClaim, 'name' | 'holder'>): Promise<void> {
    await this.#leases().updateOne({ _id: name, holder }, [{ $set: { held_until: '$$NOW' } }]);
  }

  #leases(): Collection<LeaseDocument> {
    return this.#db.collection<LeaseDocument>('leases');
  }
}

/** One update, so that asking for a lease that somebody has leaves a trace of the asking. A missing date is before all. */
function takeOf({ instance, holder, leaseMs, succeeds }: LeaseClaim): Record<string, unknown>[] {
  const isFree = {
    $or: [
      { $eq: ['$holder', { $literal: holder }] },
      { $lte: ['$held_until', '$$NOW'] },
      ...(succeeds ? [{ $eq: ['$instance', { $literal: instance }] }] : []),
    ],
  };
  const until = { $add: ['$$NOW', leaseMs] };
  const whenFree = (then: unknown, otherwise: unknown): unknown => ({ $cond: [isFree, then, otherwise] });
  return [
    {
      $set: {
        instance: whenFree({ $literal: instance }, '$instance'),
        holder: whenFree({ $literal: holder }, '$holder'),
        held_until: whenFree(until, '$held_until'),
        wanted_until: whenFree('$wanted_until', until),
      },
    },
  ];
}
