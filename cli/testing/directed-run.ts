import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { RunReport } from '#reports/model/run-report.ts';
import { loadDefect } from '#scenarios/defects/load-defect.ts';
import { makePlan, type PlanOverrides } from '#scenarios/engine/plan.ts';
import type { Scenario } from '#scenarios/model/scenario.ts';
import { scenarioNamed } from '../run/scenario-named.ts';
import { chaos, temporaryStateDir } from './chaos-process.ts';
import { DEMANDS, type Demand } from './defect-demands.ts';

/** Shorter storms than by default, where the scenario has room for its faults in them. */
const SHORTER: Readonly<Record<string, { readonly stormMs: number; readonly orders: number }>> = {
  'saga-recovery': { stormMs: 30_000, orders: 130 },
};

/** Runs a planted bug in the scenario that it names; throws unless the run ends with exit 1 and every invariant that the bug breaks is violated. */
export async function expectCaught(name: string): Promise<void> {
  const { defect } = await loadDefect(name);
  const scenario = scenarioNamed(defect.scenario);
  await using stateDir = await temporaryStateDir();
  const size = SHORTER[scenario.name];
  const seed = String(firstSeed(scenario, size, DEMANDS[name]));
  const storm = size === undefined ? [] : ['--storm', `${size.stormMs}ms`, '--orders', String(size.orders)];
  const run = await chaos(
    ['run', scenario.name, '--seed', seed, '--defect', name, ...storm, '--ports', 'auto'],
    stateDir.path,
  );
  const said = `${run.stdout}\n${run.stderr}`;
  expect(run.code, said).toBe(1);
  const report: RunReport = JSON.parse(await readFile(join(await stateDir.bundle(), 'report.json'), 'utf8'));
  const violated = report.verdicts.filter(({ verdict }) => verdict.outcome === 'violated').map((each) => each.name);
  expect(violated, said).toEqual(expect.arrayContaining([...defect.invariants]));
  expect(report.defect).toBe(name);
}

const MAX_SEED = 100;

/** The first seed whose plan has what the bug needs to show. */
function firstSeed(scenario: Scenario, size: PlanOverrides | undefined, demand: Demand | undefined): number {
  for (let seed = 1; seed <= MAX_SEED; seed += 1) {
    if (demand === undefined || demand(makePlan(scenario, seed, size))) return seed;
  }
  throw new Error(`none of ${MAX_SEED} seeds of ${scenario.name} draws what the bug needs`);
}
