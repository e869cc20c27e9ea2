import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CommandOrigin } from '#sut/platform/saga/command-origin.ts';
import type { OutgoingMessage } from '#sut/platform/store.ts';
import {
  type AcquirerResult,
  decideCharge,
  decideRefund,
  decideResult,
  type PaymentDecision,
} from './decide-payment.ts';
import type { Payment } from './payment.ts';

const AMOUNT_MINOR = 2999;
const DATA = { amount_minor: AMOUNT_MINOR, currency: 'USD', card: 'any' };

/** The acquirer as its contract describes it, for one key: charge once, reverse for ever. */
class ModelAcquirer {
  charge: 'captured' | 'declined' | undefined;
  reversal: 'refunded' | 'voided' | undefined;
  readonly isGoodCard: boolean;

  constructor(isGoodCard: boolean) {
    this.isGoodCard = isGoodCard;
  }

  get netMinor(): number {
    return this.charge === 'captured' && this.reversal === undefined ? AMOUNT_MINOR : 0;
  }

  receive(call: 'charge' | 'reverse'): AcquirerResult {
    if (call === 'charge') {
      this.charge ??= this.isGoodCard && this.reversal === undefined ? 'captured' : 'declined';
      return this.charge === 'captured' ? { kind: 'captured', chargeId: 'ch-1' } : { kind: 'declined', reason: 'no' };
    }
    this.reversal ??= this.charge === 'captured' ? 'refunded' : 'voided';
    return { kind: this.reversal };
  }
}

type Step =
  | { readonly kind: 'charge' | 'refund'; readonly attempt: number }
  /** The worker calls the acquirer for whatever the payment's status asks for. */
  | { readonly kind: 'call' }
  /** Of the calls on the wire, the nth reaches the acquirer; its answer travels back. */
  | { readonly kind: 'arrive'; readonly nth: number }
  /** Of the answers on the wire, the nth reaches the worker, or is lost. */
  | { readonly kind: 'answer' | 'lose'; readonly nth: number };

/** The service, the wire and the acquirer; every step may come at any time, as messages and threads do. */
class World {
  readonly acquirer: ModelAcquirer;
  payment: Payment | undefined;
  readonly published: OutgoingMessage[] = [];
  readonly #calls: ('charge' | 'reverse')[] = [];
  readonly #answers: AcquirerResult[] = [];

  constructor(isGoodCard: boolean) {
    this.acquirer = new ModelAcquirer(isGoodCard);
  }

  apply(step: Step): void {
    switch (step.kind) {
      case 'charge':
        this.#commit(decideCharge(this.payment, origin(step.kind, step.attempt), DATA));
        break;
      case 'refund':
        this.#commit(decideRefund(this.payment, origin(step.kind, step.attempt), DATA));
        break;
      case 'call':
        if (this.payment?.status === 'PENDING') this.#calls.push('charge');
        if (this.payment?.status === 'REVERSING') this.#calls.push('reverse');
        break;
      case 'arrive':
        this.#arrive(takeNth(this.#calls, step.nth));
        break;
      case 'answer':
        this.#answer(takeNth(this.#answers, step.nth));
        break;
      case 'lose':
        takeNth(this.#answers, step.nth);
    }
  }

  /** The faults are over: the worker tries until it is answered, and what is still on the wire arrives. */
  settle(): void {
    for (let round = 0; round < 3; round += 1) {
      this.apply({ kind: 'call' });
      while (this.#calls.length > 0) this.apply({ kind: 'arrive', nth: this.#calls.length - 1 });
      while (this.#answers.length > 0) this.apply({ kind: 'answer', nth: this.#answers.length - 1 });
    }
  }

  replies(type: string): readonly OutgoingMessage[] {
    return this.published.filter((message) => message.type === type);
  }

  #arrive(call: 'charge' | 'reverse' | undefined): void {
    if (call !== undefined) this.#answers.push(this.acquirer.receive(call));
  }

  #answer(result: AcquirerResult | undefined): void {
    if (result !== undefined && this.payment !== undefined) this.#commit(decideResult(this.payment, result));
  }

  #commit({ payment, messages }: PaymentDecision): void {
    this.payment = payment;
    this.published.push(...messages);
  }
}

function takeNth<T>(items: T[], nth: number): T | undefined {
  return items.length === 0 ? undefined : items.splice(nth % items.length, 1)[0];
}

function origin(action: 'charge' | 'refund', attempt: number): CommandOrigin {
  const command = { saga_id: 's', order_id: 'o', step: 'payment', participant: 'payment' as const, action, attempt };
  return { command, messageId: `${action}-${attempt}` };
}

const attempt = fc.integer({ min: 1, max: 4 });
const nth = fc.nat(5);
const stepArbitrary: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constantFrom('charge' as const, 'refund' as const), attempt }),
  { arbitrary: fc.constant<Step>({ kind: 'call' }), weight: 2 },
  { arbitrary: fc.record({ kind: fc.constant('arrive' as const), nth }), weight: 2 },
  fc.record({ kind: fc.constantFrom('answer' as const, 'lose' as const), nth }),
);

describe('any interleaving of charge, refund, calls and lost answers', () => {
  const steps = fc.array(stepArbitrary, { maxLength: 30 });

  it('ends with the acquirer holding exactly what the status says', () => {
    fc.assert(
      fc.property(fc.boolean(), steps, (isGoodCard, plan) => {
        const world = new World(isGoodCard);
        for (const step of plan) world.apply(step);
        world.settle();
        if (world.payment === undefined) return;
        expect(['CAPTURED', 'DECLINED', 'REFUNDED', 'VOIDED']).toContain(world.payment.status);
        expect(world.acquirer.netMinor).toBe(world.payment.status === 'CAPTURED' ? AMOUNT_MINOR : 0);
        expect(world.payment.awaiting).toBeUndefined();
      }),
      { numRuns: 2_000 },
    );
  });

  it('never answers what the acquirer does not bear out', () => {
    fc.assert(
      fc.property(fc.boolean(), steps, (isGoodCard, plan) => {
        const world = new World(isGoodCard);
        for (const step of plan) {
          const before = world.published.length;
          world.apply(step);
          for (const { type } of world.published.slice(before)) {
            if (type === 'payment.charge.done') expect(world.acquirer.netMinor).toBe(AMOUNT_MINOR);
            if (type === 'payment.refund.done') expect(world.acquirer.netMinor).toBe(0);
          }
        }
        const isUndone = world.replies('payment.refund.done').length > 0;
        world.settle();
        if (isUndone) expect(world.acquirer.netMinor).toBe(0);
      }),
      { numRuns: 2_000 },
    );
  });

  it('publishes each fact once, and a refund only of what was captured', () => {
    fc.assert(
      fc.property(fc.boolean(), steps, (isGoodCard, plan) => {
        const world = new World(isGoodCard);
        for (const step of plan) world.apply(step);
        world.settle();
        const facts = world.published.filter(({ topic }) => topic === 'payment.events').map(({ type }) => type);
        expect(new Set(facts).size).toBe(facts.length);
        if (facts.includes('payment.refunded')) expect(world.acquirer.reversal).toBe('refunded');
      }),
      { numRuns: 1_000 },
    );
  });

  it('answers the newest attempt of the last command, unless a reply to it is already out', () => {
    fc.assert(
      fc.property(fc.boolean(), steps, attempt, (isGoodCard, plan, last) => {
        const world = new World(isGoodCard);
        for (const step of plan) world.apply(step);
        world.apply({ kind: 'refund', attempt: last + 4 });
        world.settle();
        expect(world.replies('payment.refund.done').at(-1)?.payload.attempt).toBe(last + 4);
      }),
    );
  });
});
