import fc from 'fast-check';
import { expect, test } from 'vitest';
import { INVARIANTS } from '#invariants/checkers/catalog.ts';
import { PUBLISHERS } from '#sut/contract/components.ts';
import { preflight } from '../engine/phases/preflight.ts';
import { makePlan } from '../engine/plan.ts';
import { serverLinks } from './blast-radius.ts';
import { everything } from './everything.ts';
import { SCENARIOS } from './index.ts';

const everywhere = SCENARIOS.flatMap((scenario) =>
  scenario.topologies.flatMap((topology) =>
    PUBLISHERS.map((publisher) => ({ name: scenario.name, scenario, topology, publisher })),
  ),
);

test.each(everywhere)(
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

test.each(everywhere)(
  'what $name on $topology with $publisher always draws is in every plan: nothing that it is about is left out for want of room',
  ({ scenario, topology, publisher }) => {
    const kindsOf = (faults: readonly { readonly fault: string }[]) => faults.map(({ fault }) => fault);
    const draws = fc.sample(scenario.schedule(scenario.stormMs, topology, publisher), { seed: 1, numRuns: 50 });
    const always = draws.map(kindsOf).reduce((some, others) => some.filter((kind) => others.includes(kind)));
    expect(always).not.toEqual([]);
    for (let seed = 0; seed < 50; seed += 1) {
      const { schedule } = makePlan(scenario, seed, { topology, publisher, orders: 5 });
      expect(kindsOf(schedule.steps), `seed ${seed}`).toEqual(expect.arrayContaining(always));
    }
  },
);

test('names are unique', () => {
  const names = SCENARIOS.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});

test.for(SCENARIOS)('$name judges every invariant, in the order of their catalogue', ({ invariants }) => {
  expect(invariants).toEqual(Object.keys(INVARIANTS));
});

test('everything disturbs links between servers where there are some', () => {
  const links: readonly string[] = serverLinks('cluster');
  expect(links).toEqual(expect.arrayContaining(['haproxy->postgres-1', 'postgres-1->etcd']));
  const seeds = Array.from({ length: 10 }, (_, seed) => makePlan(everything, seed, { topology: 'cluster' }));
  const disturbed = seeds.filter(({ schedule }) =>
    schedule.steps.some(({ params }) => links.some((link) => JSON.stringify(params).includes(`"${link}"`))),
  );
  // A draw for which the storm has no room is dropped.
  expect(disturbed.length).toBeGreaterThanOrEqual(5);
});
