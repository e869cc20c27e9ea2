import fc, { type Arbitrary } from 'fast-check';
import type { Topology } from '#sut/contract/components.ts';
import { cutConsensus } from '../faults/engines/cut-consensus.ts';
import { splitBrain } from '../faults/engines/split-brain.ts';
import { kill } from '../faults/kill.ts';
import { eventFault, timedFault } from '../model/draw-fault.ts';
import type { DrawnFault, Scenario } from '../model/scenario.ts';
import { shopWorkload } from '../workloads/shop/shop.ts';
import { wholeSystem } from './blast-radius.ts';
import { SHOP_INVARIANTS } from './shop-invariants.ts';
import { STEADY_HYPOTHESIS } from './steady-hypothesis.ts';
import { ORDER_STEPS, pointsOf } from './step-points.ts';

/** Patroni alone dies in mid-step; etcd is out of reach of all, then of the primary alone; etcd dies and comes back. */
function requiredFaults(stormMs: number, topology: Topology): readonly Arbitrary<DrawnFault>[] {
  const part = (from: number, to: number): readonly [number, number] => [stormMs * from, stormMs * to];
  const engine = 'postgres';
  const consensusLost = (who: 'all' | 'primary', from: number): Arbitrary<DrawnFault> =>
    timedFault(cutConsensus, {
      params: fc.constantFrom('cut', 'partition').map((how) => ({ engine, topology, who, how })),
      atMs: part(from, from + 0.02),
      durationMs: [1_000, 3_000],
    });
  return [
    eventFault(splitBrain, {
      params: fc.constant({ engine, topology }),
      on: pointsOf(ORDER_STEPS),
      notBeforeMs: part(0.01, 0.03),
      nth: [1, 4],
      // Long enough that clients would meet the second primary while the first lives.
      durationMs: [2_000, 6_000],
    }),
    consensusLost('all', 0.3),
    consensusLost('primary', 0.58),
    // Back before the leader key expires: nothing may come of it.
    timedFault(kill, {
      params: fc.constant({ component: 'etcd' }),
      atMs: part(0.86, 0.88),
      durationMs: [500, 1_500],
    }),
  ];
}

export const splitBrainScenario: Scenario = {
  name: 'split-brain',
  summary:
    "the primary's Patroni is killed alone, so that two primaries take writes, and etcd is cut off; synchronous replication loses nothing. A single server cannot split: cluster only",
  topologies: ['cluster'],
  hypothesis: STEADY_HYPOTHESIS,
  workload: shopWorkload,
  schedule: (stormMs, topology) => fc.tuple(...requiredFaults(stormMs, topology)),
  blastRadius: wholeSystem,
  invariants: SHOP_INVARIANTS,
  // From the proven healing; the outage itself lasts Patroni's ttl of 20 s.
  objectives: { rtoMs: 15_000, minSuccessRate: 0.99, maxP99Ms: 3_000 },
  stormMs: 190_000,
  orders: 280,
};
