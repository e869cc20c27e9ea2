import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decideFreeze, decideGrant } from './decide-grant.ts';
import { decideGiveBack, decideOperation, type OperationDecision } from './decide-operation.ts';
import { type Operation, operationIdOf } from './operation.ts';
import { type Entry, emptyWallet, type Posting, type Wallet } from './wallet.ts';

/** The store, in memory: applies what the domain decides and nothing else. */
class Bank {
  readonly wallets = new Map<string, Wallet>();
  readonly entries = new Map<string, Entry>();
  readonly operations = new Map<string, Operation>();
  readonly answers: { readonly saga: string; readonly kind: SagaStep['kind']; readonly outcome: string }[] = [];

  perform(step: Step): void {
    if (step.kind === 'grant') this.#grant(step);
    else if (step.kind === 'freeze') this.#freeze(step);
    else this.#command(step);
  }

  walletOf(user: string): Wallet {
    return this.wallets.get(user) ?? emptyWallet(user);
  }

  entriesOf(user: string): readonly Entry[] {
    return [...this.entries.values()].filter(({ userId }) => userId === user);
  }

  #grant({ id, user, amount }: GrantStep): void {
    const grant = { points: amount, balance: amount / 100, reason: 'grant' };
    const decision = decideGrant(this.entries.get(id), this.walletOf(user), { id, grant });
    if (decision.kind === 'granted') this.#write(decision.posting);
  }

  #freeze({ user, isFrozen }: FreezeStep): void {
    const next = decideFreeze(this.walletOf(user), isFrozen);
    if (next !== undefined) this.wallets.set(user, next);
  }

  #command(step: SagaStep): void {
    const saga = { sagaId: step.saga, orderId: `order-of-${step.saga}` };
    const kind = step.kind === 'give-back' ? 'redeem' : step.kind;
    const id = operationIdOf({ sagaId: step.saga, kind });
    const current = this.operations.get(id);
    const wallet = this.walletOf(current?.userId ?? step.user);
    const change = { redeem: [-step.amount, 0], earn: [step.amount, 0], 'top-up': [0, step.amount] } as const;
    const [points, balanceMinor] = change[kind];
    const decision: OperationDecision =
      step.kind === 'give-back'
        ? decideGiveBack(current, wallet, saga)
        : decideOperation(current, wallet, { ...saga, userId: step.user, kind, points, balanceMinor });
    if (decision.operation !== undefined) this.operations.set(id, decision.operation);
    if (decision.posting !== undefined) this.#write(decision.posting);
    this.answers.push({ saga: step.saga, kind: step.kind, outcome: decision.answer.outcome });
  }

  #write({ wallet, entry }: Posting): void {
    expect(this.entries.has(entry.id), `entry ${entry.id} is written once`).toBe(false);
    this.entries.set(entry.id, entry);
    this.wallets.set(wallet.userId, wallet);
  }
}

interface SagaStep {
  readonly kind: 'redeem' | 'give-back' | 'earn' | 'top-up';
  readonly saga: string;
  readonly user: string;
  readonly amount: number;
}
interface GrantStep {
  readonly kind: 'grant';
  readonly id: string;
  readonly user: string;
  readonly amount: number;
}
interface FreezeStep {
  readonly kind: 'freeze';
  readonly user: string;
  readonly isFrozen: boolean;
}
type Step = SagaStep | GrantStep | FreezeStep;

const USERS = ['ann', 'bob'];
// A command that comes again is the same step again: sagas repeat, and so do their users and amounts.
const sagas = ['s1', 's2', 's3', 's4', 's5', 's6'].map((saga, n) => ({
  saga,
  user: USERS[n % 2] ?? 'ann',
  amount: (n * 7) % 11,
}));
const grants = ['g1', 'g2', 'g3'].map((id, n) => ({ id, user: USERS[n % 2] ?? 'ann', amount: n * 5 + 1 }));
const stepArbitrary: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .tuple(fc.constantFrom('redeem', 'give-back', 'earn', 'top-up'), fc.constantFrom(...sagas))
      .map(([kind, saga]): Step => ({ kind, ...saga })),
  },
  { weight: 2, arbitrary: fc.constantFrom(...grants).map((grant): Step => ({ kind: 'grant', ...grant })) },
  fc.record({ kind: fc.constant('freeze' as const), user: fc.constantFrom(...USERS), isFrozen: fc.boolean() }),
);
const anySteps = fc.array(stepArbitrary, { maxLength: 60 });

it('holds what its entries add up to and never less than nothing, whatever comes in whatever order', () => {
  fc.assert(
    fc.property(anySteps, (steps) => {
      const bank = new Bank();
      for (const step of steps) {
        const before = new Map(bank.entries);
        bank.perform(step);
        for (const [id, entry] of before) expect(bank.entries.get(id)).toBe(entry);
        for (const user of USERS) {
          const { points, balanceMinor, version } = bank.walletOf(user);
          const entries = bank.entriesOf(user);
          expect(points).toBe(entries.reduce((sum, entry) => sum + entry.points, 0));
          expect(balanceMinor).toBe(entries.reduce((sum, entry) => sum + entry.balanceMinor, 0));
          expect(Math.min(points, balanceMinor)).toBeGreaterThanOrEqual(0);
          expect(version).toBeGreaterThanOrEqual(entries.length);
          expect(new Set(entries.map((entry) => entry.version)).size).toBe(entries.length);
        }
      }
    }),
    { numRuns: 300 },
  );
});

it('keeps nothing of a saga that took its redemption back, and answers the same question the same', () => {
  fc.assert(
    fc.property(anySteps, (steps) => {
      const bank = new Bank();
      for (const step of steps) bank.perform(step);
      for (const { saga } of sagas) {
        const answers = bank.answers.filter((answer) => answer.saga === saga);
        const firstUndone = answers.findIndex(({ kind }) => kind === 'give-back');
        const changeOf = (kind: string) => bank.entries.get(`${saga}:${kind}`) ?? { points: 0, balanceMinor: 0 };
        const [redeemed, returned] = [changeOf('redeem').points, changeOf('give-back').points];
        const moved = ['redeem', 'give-back', 'earn'].map((kind) => changeOf(kind).balanceMinor);
        expect([...moved, changeOf('top-up').points]).toEqual([0, 0, 0, 0]);
        if (firstUndone >= 0) expect(redeemed + returned).toBe(0);
        else expect(returned).toBe(0);
        for (const kind of ['redeem', 'earn', 'top-up', 'give-back'] as const) {
          const isBefore = (n: number) => kind !== 'redeem' || firstUndone < 0 || n < firstUndone;
          const outcomes = answers.flatMap((a, n) => (a.kind === kind && isBefore(n) ? [a.outcome] : []));
          expect(new Set(outcomes).size).toBeLessThanOrEqual(1);
          if (kind === 'earn' || kind === 'give-back') expect(outcomes).not.toContain('rejected');
        }
        const late = answers.filter(({ kind }, n) => kind === 'redeem' && firstUndone >= 0 && n > firstUndone);
        expect(late.map(({ outcome }) => outcome)).not.toContain('done');
      }
    }),
    { numRuns: 300 },
  );
});
