import { expect, it } from 'vitest';
import { combineOutcomes } from '../model/combine-outcomes.ts';
import { judge } from '../model/judge.ts';
import { OBJECTIVES } from '../testing/conformance.ts';
import { plannedOrder, smallPlan } from '../testing/shop-plan.ts';
import { simulateShop } from '../testing/simulate-shop.ts';
import { INVARIANTS } from './catalog.ts';

it('lists every invariant under its own name', () => {
  expect(Object.values(INVARIANTS).map((invariant) => invariant.name)).toEqual(Object.keys(INVARIANTS));
  expect(Object.values(INVARIANTS).every((invariant) => invariant.summary.length > 20)).toBe(true);
});

it('judges one run by all of them, without changing it', () => {
  const run = simulateShop(smallPlan([plannedOrder(), plannedOrder({ ending: 'cancelled', isRepeated: true })]));
  const before = JSON.stringify([run.builder.events, run.harvest]);
  const judgements = judge(Object.values(INVARIANTS), run.history(), run.harvest, OBJECTIVES);
  expect(judgements.filter(({ verdict }) => verdict.outcome !== 'holds')).toEqual([]);
  expect(combineOutcomes(judgements.map(({ verdict }) => verdict.outcome))).toBe('holds');
  expect(JSON.stringify([run.builder.events, run.harvest])).toBe(before);
});
