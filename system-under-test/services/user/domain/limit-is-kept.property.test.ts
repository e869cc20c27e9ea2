import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decideHold, decideRelease, type HoldDecision, repeatHold } from './decide-hold.ts';
import { decideProfile } from './decide-profile.ts';
import type { SpendingHold } from './spending-hold.ts';
import { strangerOf, type User } from './user.ts';

const DEFAULT_LIMIT = 10;

/** The store, in memory: applies what the domain decides and nothing else. */
class Bank {
  readonly users = new Map<string, User>();
  readonly holds = new Map<string, SpendingHold>();
  readonly events: { readonly user: string; readonly saga: string; readonly type: string }[] = [];
  readonly answers: { readonly saga: string; readonly kind: Step['kind']; readonly outcome: string }[] = [];

  perform(step: Step): void {
    const hold = this.holds.get(step.saga);
    const saga = { sagaId: step.saga, orderId: `order-of-${step.saga}` };
    switch (step.kind) {
      case 'hold':
        this.#apply(
          step,
          hold === undefined
            ? decideHold(this.#userOf(step.user), { ...saga, amountMinor: step.amount })
            : repeatHold(hold),
        );
        break;
      case 'release':
        this.#apply(step, decideRelease(hold, hold && this.users.get(hold.userId), { ...saga, userId: '' }));
        break;
      case 'describe': {
        const decision = decideProfile(this.#userOf(step.user), {
          name: step.user,
          preferred_channel: 'sms',
          spending_limit: step.amount / 100,
        });
        if (decision.kind !== 'changed') return;
        this.users.set(step.user, decision.user);
        this.events.push({ user: step.user, saga: '', type: 'updated' });
      }
    }
  }

  heldBy(user: string): number {
    const held = [...this.holds.values()].filter((hold) => hold.userId === user && hold.status === 'HELD');
    return held.reduce((sum, hold) => sum + hold.amountMinor, 0);
  }

  #userOf(id: string): User {
    return this.users.get(id) ?? strangerOf(id, DEFAULT_LIMIT);
  }

  #apply(step: Step, { hold, user, answer }: HoldDecision): void {
    if (hold !== undefined) this.holds.set(step.saga, hold);
    if (user !== undefined) this.users.set(user.id, user);
    if (hold && user) this.events.push({ user: user.id, saga: step.saga, type: hold.status });
    this.answers.push({ saga: step.saga, kind: step.kind, outcome: answer.outcome });
  }
}

interface Step {
  readonly kind: 'hold' | 'release' | 'describe';
  readonly saga: string;
  readonly user: string;
  readonly amount: number;
}

// A command that comes again is the same step again: sagas repeat, and so do their users and amounts.
const sagas: readonly Omit<Step, 'kind'>[] = ['s1', 's2', 's3', 's4', 's5', 's6', 's7', 's8'].map((saga, n) => ({
  saga,
  user: n % 2 === 0 ? 'ann' : 'bob',
  amount: (n * 7) % 11,
}));
const stepArbitrary: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc
      .tuple(fc.constantFrom('hold' as const, 'release' as const), fc.constantFrom(...sagas))
      .map(([kind, saga]) => ({ kind, ...saga })),
  },
  fc.record({
    kind: fc.constant('describe' as const),
    saga: fc.constant(''),
    user: fc.constantFrom('ann', 'bob'),
    amount: fc.nat(20),
  }),
);
const anySteps = fc.array(stepArbitrary, { maxLength: 60 });

it('spends what is held, never more than the limit, whatever comes in whatever order', () => {
  fc.assert(
    fc.property(anySteps, (steps) => {
      const bank = new Bank();
      for (const step of steps) {
        bank.perform(step);
        for (const user of bank.users.values()) {
          expect(user.spentMinor).toBe(bank.heldBy(user.id));
          expect(user.spentMinor).toBeGreaterThanOrEqual(0);
          expect(user.spentMinor).toBeLessThanOrEqual(user.spendingLimitMinor);
          expect(user.version).toBe(bank.events.filter((event) => event.user === user.id).length);
        }
      }
    }),
    { numRuns: 300 },
  );
});

it('changes a saga once each way, and holds nothing for one that took its request back', () => {
  fc.assert(
    fc.property(anySteps, (steps) => {
      const bank = new Bank();
      for (const step of steps) bank.perform(step);
      for (const { saga } of sagas) {
        const types = bank.events.filter((event) => event.saga === saga).map(({ type }) => type);
        expect(['', 'HELD', 'REJECTED', 'HELD,RELEASED']).toContain(types.join());
        const answers = bank.answers.filter((answer) => answer.saga === saga);
        expect(answers).toHaveLength(steps.filter((step) => step.saga === saga).length);
        const isReleased = answers.some(({ kind }) => kind === 'release');
        if (isReleased) expect(bank.holds.get(saga)?.status).not.toBe('HELD');
        // A compensation is always done, and a hold that comes after it never.
        const released = answers.findIndex(({ kind }) => kind === 'release');
        for (const [n, { kind, outcome }] of answers.entries()) {
          if (kind === 'release') expect(outcome).toBe('done');
          if (kind === 'hold' && isReleased && n > released) expect(outcome).toBe('rejected');
        }
        // Before it, the same question gets the same answer.
        const before = answers.slice(0, isReleased ? released : undefined).map(({ outcome }) => outcome);
        expect(new Set(before).size).toBeLessThanOrEqual(1);
      }
    }),
    { numRuns: 300 },
  );
});
