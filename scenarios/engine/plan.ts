import fc from 'fast-check';
import type { Plan } from '../model/plan.ts';
import type { Scenario } from '../model/scenario.ts';
import { arrangeSchedule } from './arrange-schedule.ts';

/** Replace the scenario's defaults; they are part of the plan, and of the command that repeats it. */
export interface PlanOverrides {
  readonly stormMs?: number;
  readonly orders?: number;
}

/**
 * Decides everything that a run will do. Pure: the same scenario, seed and overrides give the same plan, byte for byte
 * once printed with `formatPlan`. Throws `ScheduleDoesNotFit` when the storm is too short for its faults.
 */
export function makePlan(scenario: Scenario, seed: number, overrides: PlanOverrides = {}): Plan {
  const { stormMs, orders } = { stormMs: scenario.stormMs, orders: scenario.orders, ...overrides };
  const drawn = fc.record({
    workload: scenario.workload.draw({ seed, stormMs, orders }),
    faults: scenario.schedule(stormMs),
  });
  // Without bias: a plan is an experiment, not a search for boundary values.
  const [draw] = fc.sample(fc.noBias(drawn), { seed, numRuns: 1 });
  if (draw === undefined) throw new Error('fast-check drew no value though asked for one');
  return {
    formatVersion: 1,
    scenario: scenario.name,
    seed,
    stormMs,
    orders,
    products: draw.workload.products,
    users: draw.workload.users,
    wallets: draw.workload.wallets,
    warmUp: draw.workload.warmUp,
    requests: draw.workload.requests,
    schedule: arrangeSchedule(seed, draw.faults, stormMs),
  };
}

/** The plan as the text that is printed and stored. */
export const formatPlan = (plan: Plan): string => `${JSON.stringify(plan, undefined, 2)}\n`;
