import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decideCancel, decideConfirm, decideExpire, decideReserve, type HoldDecision } from './decide-hold.ts';
import { type Hold, type Line, mergeLines } from './hold.ts';
import { stockChange } from './stock-change.ts';

const TTL_MS = 50;
const INITIAL = 6;
const PRODUCTS = ['a', 'b', 'c'];

interface Product {
  available: number;
  reserved: number;
  total: number;
}

/** The store, in memory: applies what the domain decides and nothing else. */
class Warehouse {
  readonly products = new Map<string, Product>(
    PRODUCTS.map((id) => [id, { available: INITIAL, reserved: 0, total: INITIAL }]),
  );
  readonly holds = new Map<string, Hold>();
  readonly #nowMs: () => number;
  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  perform(step: Step): void {
    const lines = mergeLines(step.lines);
    this.#apply(step.saga, lines, this.#decide(step, lines));
  }

  #decide(step: Step, lines: readonly Line[]): HoldDecision {
    const hold = this.holds.get(step.saga);
    switch (step.kind) {
      case 'reserve':
        return decideReserve(hold, lines, new Map([...this.products].map(([id, product]) => [id, product.available])));
      case 'confirm':
        return decideConfirm(hold, this.#nowMs());
      case 'cancel':
        return decideCancel(hold);
      case 'expire':
        return decideExpire(hold, this.#nowMs());
    }
  }

  #apply(saga: string, lines: readonly Line[], { to }: HoldDecision): void {
    if (to === undefined) return;
    const before = this.holds.get(saga);
    const blank = { id: saga, orderId: saga, sagaId: saga, refusal: undefined, expiresAtMs: this.#nowMs() + TTL_MS };
    const hold: Hold = before === undefined ? { ...blank, lines, status: to } : { ...before, status: to };
    const change = stockChange(before?.status, to);
    this.holds.set(saga, hold);
    if (change === undefined) return;
    for (const { productId, quantity } of hold.lines) {
      const product = this.products.get(productId);
      if (product === undefined) throw new Error(`stock of unknown product ${productId} changed`);
      product.available += change.available * quantity;
      product.reserved += change.reserved * quantity;
      product.total += change.total * quantity;
    }
  }

  /** Units of a product in holds of the given status. */
  held(productId: string, status: Hold['status']): number {
    return [...this.holds.values()]
      .filter((hold) => hold.status === status)
      .flatMap((hold) => hold.lines.filter((line) => line.productId === productId))
      .reduce((sum, line) => sum + line.quantity, 0);
  }
}

const stepArbitrary = fc.record({
  kind: fc.constantFrom('reserve' as const, 'confirm' as const, 'cancel' as const, 'expire' as const),
  saga: fc.constantFrom('s1', 's2', 's3', 's4', 's5', 's6'),
  lines: fc.array(
    fc.record({ productId: fc.constantFrom(...PRODUCTS, 'unknown'), quantity: fc.integer({ min: 1, max: 4 }) }),
    { minLength: 1, maxLength: 4 },
  ),
  passesMs: fc.nat(30),
});
type Step = typeof stepArbitrary extends fc.Arbitrary<infer S> ? S : never;

it('loses no unit and invents none, whatever is asked in whatever order', () => {
  fc.assert(
    fc.property(fc.array(stepArbitrary, { maxLength: 60 }), (steps) => {
      let nowMs = 0;
      const warehouse = new Warehouse(() => nowMs);
      for (const step of steps) {
        nowMs += step.passesMs;
        const endedBefore = [...warehouse.holds.values()].filter((hold) => hold.status !== 'RESERVED');
        warehouse.perform(step);
        for (const hold of endedBefore) expect(warehouse.holds.get(hold.id)).toEqual(hold);
        for (const [id, { available, reserved, total }] of warehouse.products) {
          expect(available).toBeGreaterThanOrEqual(0);
          expect(reserved).toBe(warehouse.held(id, 'RESERVED'));
          expect(total).toBe(available + reserved);
          expect(total + warehouse.held(id, 'CONFIRMED')).toBe(INITIAL);
        }
      }
    }),
    { numRuns: 300 },
  );
});
