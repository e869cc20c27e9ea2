import fc from 'fast-check';
import type { Publisher, Topology } from '#sut/contract/components.ts';
import { ExplainedError } from '../model/explained-error.ts';
import type { Plan } from '../model/plan.ts';
import type { Scenario } from '../model/scenario.ts';
import { arrangeSchedule } from './arrange-schedule.ts';

/** Replace the scenario's defaults; they are part of the plan, and of the command that repeats it. */
export interface PlanOverrides {
  readonly topology?: Topology;
  readonly publisher?: Publisher;
  readonly stormMs?: number;
  readonly orders?: number;
}

/** The scenario needs what this topology does not have. */
class TopologyNotSupported extends ExplainedError {
  constructor({ name, topologies }: Scenario, topology: Topology) {
    super({
      what: `${name} makes no sense on the ${topology} topology`,
      where: `scenario ${name}`,
      todo: `run it with --topology ${topologies.join(' or ')}`,
    });
  }
}

/**
 * Decides everything that a run will do. Pure: the same scenario, seed and overrides give the same plan, byte for byte
 * once printed with `formatPlan`. Throws `ScheduleDoesNotFit` when the storm is too short for its
 * faults, `TopologyNotSupported` when the scenario makes no sense on the topology that is asked for.
 */
export function makePlan(scenario: Scenario, seed: number, overrides: PlanOverrides = {}): Plan {
  const { stormMs, orders } = { stormMs: scenario.stormMs, orders: scenario.orders, ...overrides };
  const { topology = scenario.topologies[0], publisher = 'relay' } = overrides;
  if (!scenario.topologies.includes(topology)) throw new TopologyNotSupported(scenario, topology);
  const drawn = fc.record({
    workload: scenario.workload.draw({ seed, stormMs, orders }),
    faults: scenario.schedule(stormMs, topology, publisher),
  });
  // Without bias: a plan is an experiment, not a search for boundary values.
  const [draw] = fc.sample(fc.noBias(drawn), { seed, numRuns: 1 });
  if (draw === undefined) throw new Error('fast-check drew no value though asked for one');
  return {
    formatVersion: 1,
    scenario: scenario.name,
    topology,
    publisher,
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
