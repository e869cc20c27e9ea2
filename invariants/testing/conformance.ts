import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createHistory } from '../history/create-history.ts';
import type { Event } from '../history/event.ts';
import type { History } from '../history/history.ts';
import type { HarvestSource } from '../model/define-invariant.ts';
import type { Harvest } from '../model/harvest.ts';
import type { Invariant, Objectives } from '../model/invariant.ts';
import type { Outcome, Verdict } from '../model/verdict.ts';
import { harvestOf } from './empty-harvest.ts';
import { HistoryBuilder } from './history-builder.ts';
import { shopPlanArbitrary } from './shop-plan.ts';
import { type SimulatedRun, simulateShop } from './simulate-shop.ts';

export const OBJECTIVES: Objectives = { rtoMs: 1_000, minSuccessRate: 0.9, maxP99Ms: 500 };

/** One way to spoil a run; `pick` chooses one row of a list. It must make the claim false whatever is picked. */
export type Mutation = (run: SimulatedRun, pick: <Row>(rows: readonly Row[]) => Row) => void;

export function verdictOf(invariant: Invariant, history: History, harvest: Harvest): Verdict {
  // A copy, because indexes are remembered per harvest and tests change theirs between two verdicts.
  return invariant.check(history, { ...harvest }, OBJECTIVES);
}

/** What every checker owes, whatever its claim, and the mutations of a good run that it must see. */
export function describeInvariant(
  invariant: Invariant,
  needs: readonly HarvestSource[],
  mutations: Readonly<Record<string, Mutation>>,
): void {
  describe(`${invariant.name} as an invariant`, () => {
    it('holds for every run of a shop in which nothing goes wrong', () => {
      fc.assert(
        fc.property(shopPlanArbitrary, (plan) => {
          const run = simulateShop(plan);
          expect(verdictOf(invariant, run.history(), run.harvest)).toMatchObject({ outcome: 'holds', violations: [] });
        }),
        { numRuns: 50 },
      );
    });

    it.each(Object.entries(mutations))('is violated by: %s', (_name, mutate) => {
      fc.assert(
        fc.property(shopPlanArbitrary, fc.infiniteStream(fc.nat(1_000)), (plan, choices) => {
          const run = simulateShop(plan);
          mutate(run, picker(choices));
          const verdict = verdictOf(invariant, run.history(), run.harvest);
          expect(verdict.outcome).toBe('violated');
          for (const violation of verdict.violations) {
            expect(violation.entity).not.toBe('');
            expect(violation.hop).not.toBe('');
          }
        }),
        { numRuns: 25 },
      );
    });

    it('gives the same verdict when processes are relabelled', () => {
      overSpoiledRuns(mutations, (run) => {
        const relabelled = createHistory(run.builder.events.map(relabel));
        expect(verdictOf(invariant, relabelled, run.harvest)).toEqual(verdictOf(invariant, run.history(), run.harvest));
      });
    });

    it('never turns from unknown to holds by an unfinished invocation', () => {
      overSpoiledRuns(mutations, (run) => {
        for (const harvest of [run.harvest, harvestOf()]) {
          const before = verdictOf(invariant, run.history(), harvest).outcome;
          const builder = new HistoryBuilder();
          builder.events.push(...run.builder.events);
          builder.invoke('get-order', { order_id: 'o1' }, 7);
          expectNoPromotion(before, verdictOf(invariant, builder.build(), harvest).outcome);
        }
      });
    });

    it('is unknown on an empty run', () => {
      expect(verdictOf(invariant, createHistory([]), harvestOf())).toMatchObject({ outcome: 'unknown' });
    });

    it.each(needs.length > 0 ? [...needs, 'a-whole-database'] : [])(
      'is unknown when %s could not be read',
      (source) => {
        const run = simulateShop({ orders: [], payments: [], products: 1, users: 1, faults: 0 });
        const unreadable = [{ source: `${source}/part`, reason: 'connection refused' }];
        const verdict = verdictOf(invariant, run.history(), harvestOf({ unreadable }));
        expect(verdict.outcome).toBe('unknown');
        expect(verdict.reason).toContain('connection refused');
      },
    );
  });
}

function overSpoiledRuns(mutations: Readonly<Record<string, Mutation>>, check: (run: SimulatedRun) => void): void {
  const names = ['none', ...Object.keys(mutations)];
  fc.assert(
    fc.property(
      shopPlanArbitrary,
      fc.constantFrom(...names),
      fc.infiniteStream(fc.nat(1_000)),
      (plan, name, choices) => {
        const run = simulateShop(plan);
        mutations[name]?.(run, picker(choices));
        check(run);
      },
    ),
    { numRuns: 40 },
  );
}

function expectNoPromotion(before: Outcome, after: Outcome): void {
  if (before === 'unknown') expect(after).not.toBe('holds');
}

const relabel = (event: Event): Event => ('process' in event ? { ...event, process: 1_000 - event.process } : event);

function picker(choices: Iterator<number>): <Row>(rows: readonly Row[]) => Row {
  return (rows) => {
    const row = rows[(choices.next().value ?? 0) % rows.length];
    if (row === undefined) throw new Error('there is nothing to pick: the mutation does not fit the plan');
    return row;
  };
}

/** Takes a row out of a list, for mutations that lose something. */
export function remove<Row>(rows: Row[], row: Row): void {
  rows.splice(rows.indexOf(row), 1);
}
