import { describe, expect, it } from 'vitest';
import { LeaseTerm } from './lease-term.ts';
import type { LeaseAnswer, LeaseClaim, Leases } from './leases.ts';

const LEASE_MS = 90;
const claim: LeaseClaim = { name: 'relay', instance: 'one', holder: 'p1', leaseMs: LEASE_MS, succeeds: true };

/** A database that answers as it is told. */
class ToldLeases implements Leases {
  readonly taken: LeaseClaim[] = [];
  released = 0;
  answer: () => Promise<LeaseAnswer> = async () => ({ isHeld: true, isContended: false });

  take(asked: LeaseClaim): Promise<LeaseAnswer> {
    this.taken.push(asked);
    return this.answer();
  }

  async release(): Promise<void> {
    this.released += 1;
  }
}

async function begin(leases: Leases): Promise<LeaseTerm> {
  const term = await LeaseTerm.begin({ leases, claim, monotonicMs: () => performance.now() });
  if (term === undefined) throw new Error('the lease was not given');
  return term;
}

describe('a term', () => {
  it('does not begin while somebody else has the lease', async () => {
    const leases = new ToldLeases();
    leases.answer = async () => ({ isHeld: false, isContended: true });
    expect(await LeaseTerm.begin({ leases, claim, monotonicMs: () => 0 })).toBeUndefined();
    expect(leases.released).toBe(0);
  });

  it('lasts as long as it is renewed, and succeeds a predecessor only at its beginning', async () => {
    const leases = new ToldLeases();
    await using term = await begin(leases);
    await expect.poll(() => leases.taken.length, { interval: 5 }).toBeGreaterThan(6);
    expect(term.isHeld).toBe(true);
    expect(leases.taken.map(({ succeeds }) => succeeds)).toEqual([true, ...leases.taken.slice(1).map(() => false)]);
  });

  it('ends when somebody else has the lease, and asks no more', async () => {
    const leases = new ToldLeases();
    await using term = await begin(leases);
    leases.answer = async () => ({ isHeld: false, isContended: true });
    await expect.poll(() => term.isHeld, { interval: 5 }).toBe(false);
    expect(leases.taken).toHaveLength(2);
  });

  it('runs out while the database is silent or away, and goes on when the lease was still free', async () => {
    for (const away of [() => new Promise<LeaseAnswer>(() => {}), () => Promise.reject(new Error('away'))]) {
      const leases = new ToldLeases();
      await using term = await begin(leases);
      leases.answer = away;
      await expect.poll(() => term.isHeld, { interval: 5 }).toBe(false);
      leases.answer = async () => ({ isHeld: true, isContended: true });
      await expect.poll(() => term.isHeld && term.isContended, { interval: 5 }).toBe(true);
    }
  });

  it('counts from before it was asked for: the answer of a slow database is worth less', async () => {
    const leases = new ToldLeases();
    let nowMs = 0;
    leases.answer = async () => {
      nowMs = LEASE_MS;
      return { isHeld: true, isContended: false };
    };
    await using term = await LeaseTerm.begin({ leases, claim, monotonicMs: () => nowMs });
    expect(term?.isHeld).toBe(false);
  });

  it('is given back once, when no renewal can follow', async () => {
    const leases = new ToldLeases();
    const term = await begin(leases);
    await expect.poll(() => leases.taken.length, { interval: 5 }).toBeGreaterThan(1);
    await term[Symbol.asyncDispose]();
    const asked = leases.taken.length;
    await new Promise((resolve) => setTimeout(resolve, LEASE_MS));
    expect([leases.released, leases.taken.length]).toEqual([1, asked]);
  });
});
