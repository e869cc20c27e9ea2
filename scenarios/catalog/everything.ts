import fc, { type Arbitrary } from 'fast-check';
import { type Engine, TOPOLOGIES, type Topology } from '#sut/contract/components.ts';
import { flushCache } from '../faults/engines/flush-cache.ts';
import { killLeader } from '../faults/engines/kill-leader.ts';
import { kill } from '../faults/kill.ts';
import { eventFault, timedFault } from '../model/draw-fault.ts';
import type { DrawnFault, Scenario } from '../model/scenario.ts';
import { shopWorkload } from '../workloads/shop/shop.ts';
import { serverLinks, wholeSystem } from './blast-radius.ts';
import { randomEngineFault, randomFault, randomServerLinkFault } from './random-fault.ts';
import { SHOP_INVARIANTS } from './shop-invariants.ts';
import { STEADY_HYPOTHESIS } from './steady-hypothesis.ts';
import { ORDER_STEPS, PAYMENT_STEPS, pointsOf } from './step-points.ts';

const RESTART_MS = [800, 3_000] as const;

/** Every engine loses its leader, an orchestrator and a participant die in mid-step, and the cache is emptied. */
function requiredFaults(stormMs: number, topology: Topology): readonly Arbitrary<DrawnFault>[] {
  const part = (from: number, to: number): readonly [number, number] => [stormMs * from, stormMs * to];
  const leaderKilled = (engine: Engine, from: number): Arbitrary<DrawnFault> =>
    timedFault(killLeader, {
      params: fc.constant({ engine, topology }),
      atMs: part(from, from + 0.1),
      durationMs: RESTART_MS,
    });
  return [
    leaderKilled('postgres', 0.05),
    leaderKilled('mongodb', 0.2),
    leaderKilled('kafka', 0.4),
    leaderKilled('redis', 0.1),
    timedFault(flushCache, {
      params: fc.constant({ engine: 'redis', topology }),
      atMs: part(0.5, 0.8),
      durationMs: [100, 500],
    }),
    eventFault(kill, {
      params: fc.record({ component: fc.constantFrom('orchestrator', 'orchestrator-2') }),
      on: pointsOf([...ORDER_STEPS, ...PAYMENT_STEPS.slice(1)]),
      notBeforeMs: part(0.05, 0.7),
      nth: [1, 4],
      durationMs: RESTART_MS,
    }),
    fc.constantFrom(...ORDER_STEPS).chain((step) =>
      eventFault(kill, {
        params: fc.constant({ component: step.participant }),
        on: pointsOf([step]),
        notBeforeMs: part(0.1, 0.7),
        nth: [1, 4],
        durationMs: RESTART_MS,
      }),
    ),
  ];
}

export const everything: Scenario = {
  name: 'everything',
  summary:
    'every engine loses its leader, orchestrators and participants die in mid-step, the cache is emptied, and whatever else there is room for, on any component and link',
  topologies: TOPOLOGIES,
  hypothesis: STEADY_HYPOTHESIS,
  workload: shopWorkload,
  schedule: (stormMs, topology) =>
    fc
      .tuple(
        fc.tuple(...requiredFaults(stormMs, topology)),
        fc.array(randomEngineFault(stormMs, topology), { minLength: 1, maxLength: 3 }),
        serverLinks(topology).length > 0 ? fc.tuple(randomServerLinkFault(stormMs, topology)) : fc.constant([]),
        fc.array(randomFault(stormMs, topology), { minLength: 3, maxLength: 8 }),
      )
      .map(([required, engines, between, random]) => [...required, ...engines, ...between, ...random]),
  blastRadius: wholeSystem,
  invariants: SHOP_INVARIANTS,
  objectives: { rtoMs: 15_000, minSuccessRate: 0.99, maxP99Ms: 3_000 },
  stormMs: 120_000,
  orders: 400,
};
