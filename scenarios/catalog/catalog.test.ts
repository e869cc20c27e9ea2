import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PUBLISHERS } from '#sut/contract/components.ts';
import { preflight } from '../engine/phases/preflight.ts';
import { makePlan } from '../engine/plan.ts';
import { SCENARIOS } from './index.ts';

test.each(
  SCENARIOS.flatMap((scenario) =>
    scenario.topologies.flatMap((topology) =>
      PUBLISHERS.map((publisher) => ({ name: scenario.name, scenario, topology, publisher })),
    ),
  ),
)(
  'whatever the seed, the plan of $name on $topology with $publisher fits its storm and stays inside its blast radius',
  ({ scenario, topology, publisher }) => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 31 - 1 }), (seed) => {
        const plan = makePlan(scenario, seed, { topology, publisher });
        preflight({ scenario, plan });
        expect(plan.schedule.steps.length).toBeGreaterThanOrEqual(4);
        expect(plan.schedule.steps.some(({ trigger }) => trigger.kind === 'event')).toBe(true);
      }),
      { numRuns: 10 },
    );
  },
);

test('names are unique', () => {
  const names = SCENARIOS.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});
