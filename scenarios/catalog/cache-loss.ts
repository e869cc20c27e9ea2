import fc, { type Arbitrary } from 'fast-check';
import { nodesOf, TOPOLOGIES, type Topology } from '#sut/contract/components.ts';
import { flushCache } from '../faults/engines/flush-cache.ts';
import { killLeader } from '../faults/engines/kill-leader.ts';
import { pause } from '../faults/pause.ts';
import { eventFault, timedFault } from '../model/draw-fault.ts';
import type { DrawnFault, Scenario } from '../model/scenario.ts';
import { shopWorkload } from '../workloads/shop/shop.ts';
import { targetComponents, wholeSystem } from './blast-radius.ts';
import { SHOP_INVARIANTS } from './shop-invariants.ts';
import { STEADY_HYPOTHESIS } from './steady-hypothesis.ts';
import { ORDER_STEPS, pointsOf } from './step-points.ts';

const engine = 'redis';

/** Emptied in mid-step twice, a master killed twice, a node paused. */
function requiredFaults(stormMs: number, topology: Topology): readonly Arbitrary<DrawnFault>[] {
  const part = (from: number, to: number): readonly [number, number] => [stormMs * from, stormMs * to];
  const flushed = (from: number): Arbitrary<DrawnFault> =>
    eventFault(flushCache, {
      params: fc.constant({ engine, topology }),
      on: pointsOf(ORDER_STEPS),
      notBeforeMs: part(from, from + 0.04),
      nth: [1, 4],
      durationMs: [100, 500],
    });
  const masterKilled = (from: number): Arbitrary<DrawnFault> =>
    timedFault(killLeader, {
      params: killLeader.params(targetComponents(topology)).filter((params) => params.engine === engine),
      atMs: part(from, from + 0.04),
      durationMs: [1_000, 4_000],
    });
  return [
    flushed(0.05),
    masterKilled(0.2),
    timedFault(pause, {
      params: fc.constantFrom(...nodesOf(topology, engine)).map((component) => ({ component })),
      atMs: part(0.4, 0.45),
      durationMs: [3_000, 6_000],
    }),
    flushed(0.6),
    masterKilled(0.75),
  ];
}

export const cacheLoss: Scenario = {
  name: 'cache-loss',
  summary: 'the dedupe cache is emptied in mid-step, loses masters and stands still; nothing but speed changes',
  topologies: TOPOLOGIES,
  hypothesis: STEADY_HYPOTHESIS,
  workload: shopWorkload,
  schedule: (stormMs, topology) => fc.tuple(...requiredFaults(stormMs, topology)),
  blastRadius: wholeSystem,
  invariants: SHOP_INVARIANTS,
  // Nobody but Redis is disturbed, so that every operation counts.
  objectives: { rtoMs: 5_000, minSuccessRate: 0.99, maxP99Ms: 3_000 },
  stormMs: 80_000,
  orders: 250,
};
