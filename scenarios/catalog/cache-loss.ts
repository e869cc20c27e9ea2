import fc, { type Arbitrary } from 'fast-check';
import { nodesOf, TOPOLOGIES, type Topology } from '#sut/contract/components.ts';
import { flushCache } from '../faults/engines/flush-cache.ts';
import { killLeader } from '../faults/engines/kill-leader.ts';
import { kill } from '../faults/kill.ts';
import { pause } from '../faults/pause.ts';
import { eventFault, timedFault } from '../model/draw-fault.ts';
import type { DrawnFault, Scenario } from '../model/scenario.ts';
import { shopWorkload } from '../workloads/shop/shop.ts';
import { targetComponents, wholeSystem } from './blast-radius.ts';
import { SHOP_INVARIANTS } from './shop-invariants.ts';
import { STEADY_HYPOTHESIS } from './steady-hypothesis.ts';
import { ORDER_STEPS, pointsOf } from './step-points.ts';

const engine = 'redis';

/** While a participant is away that has handled what it will be sent again; which is known to the emptied cache no more. */
const AWAY_MS = [5_000, 6_000] as const;

/** Emptied in mid-step, and while messages wait to be delivered again; a master killed twice, a node paused. */
function requiredFaults(stormMs: number, topology: Topology): readonly Arbitrary<DrawnFault>[] {
  const part = (from: number, to: number): readonly [number, number] => [stormMs * from, stormMs * to];
  const emptied = { params: fc.constant({ engine, topology }), durationMs: [100, 500] as const };
  const consumerKilled = fc.constantFrom(...ORDER_STEPS).chain(({ participant, action }) =>
    eventFault(kill, {
      params: fc.constant({ component: participant }),
      on: [{ participant, action, point: 'effect-committed' }],
      notBeforeMs: part(0.58, 0.58),
      nth: [1, 2],
      durationMs: AWAY_MS,
    }),
  );
  const masterKilled = (from: number): Arbitrary<DrawnFault> =>
    timedFault(killLeader, {
      params: killLeader.params(targetComponents(topology)).filter((params) => params.engine === engine),
      atMs: part(from, from + 0.04),
      durationMs: [1_000, 4_000],
    });
  return [
    eventFault(flushCache, {
      ...emptied,
      on: pointsOf(ORDER_STEPS),
      notBeforeMs: part(0.05, 0.09),
      nth: [1, 4],
    }),
    masterKilled(0.2),
    timedFault(pause, {
      params: fc.constantFrom(...nodesOf(topology, engine)).map((component) => ({ component })),
      atMs: part(0.4, 0.45),
      durationMs: [3_000, 6_000],
    }),
    consumerKilled,
    timedFault(flushCache, { ...emptied, atMs: part(0.61, 0.63) }),
    masterKilled(0.75),
  ];
}

export const cacheLoss: Scenario = {
  name: 'cache-loss',
  summary:
    'the dedupe cache is emptied in mid-step and before messages are delivered again, loses masters and stands still; nothing but speed changes',
  topologies: TOPOLOGIES,
  hypothesis: STEADY_HYPOTHESIS,
  workload: shopWorkload,
  schedule: (stormMs, topology) => fc.tuple(...requiredFaults(stormMs, topology)),
  blastRadius: wholeSystem,
  invariants: SHOP_INVARIANTS,
  // Nobody in a client's path but Redis is disturbed, so that every operation counts.
  objectives: { rtoMs: 5_000, minSuccessRate: 0.99, maxP99Ms: 3_000 },
  stormMs: 80_000,
  orders: 250,
};
