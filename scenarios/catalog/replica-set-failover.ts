import fc, { type Arbitrary } from 'fast-check';
import { nodesOf, type Topology } from '#sut/contract/components.ts';
import { isolateLeader } from '../faults/engines/isolate-leader.ts';
import { killLeader } from '../faults/engines/kill-leader.ts';
import { killLeaderAhead } from '../faults/engines/kill-leader-ahead.ts';
import { killReplica } from '../faults/engines/kill-replica.ts';
import { switchover } from '../faults/engines/switchover.ts';
import { pause } from '../faults/pause.ts';
import { stop } from '../faults/stop.ts';
import { eventFault, timedFault } from '../model/draw-fault.ts';
import type { DrawnFault, Scenario } from '../model/scenario.ts';
import { shopWorkload } from '../workloads/shop/shop.ts';
import { wholeSystem } from './blast-radius.ts';
import { SHOP_INVARIANTS } from './shop-invariants.ts';
import { STEADY_HYPOTHESIS } from './steady-hypothesis.ts';
import { ORDER_STEPS, pointsOf } from './step-points.ts';

const RESTART_MS = [800, 3_000] as const;

/** The primary dies twice in mid-step of a service that stores in MongoDB; the rest by topology. */
function requiredFaults(stormMs: number, topology: Topology): readonly Arbitrary<DrawnFault>[] {
  const part = (from: number, to: number): readonly [number, number] => [stormMs * from, stormMs * to];
  const engine = 'mongodb';
  const steps = ORDER_STEPS.filter(({ participant }) => participant === 'inventory');
  const primaryKilled = (from: number): Arbitrary<DrawnFault> =>
    eventFault(killLeader, {
      params: fc.constant({ engine, topology }),
      on: pointsOf(steps),
      notBeforeMs: part(from, from + 0.04),
      nth: [1, 4],
      durationMs: RESTART_MS,
    });
  const timed = (
    fault: typeof switchover | typeof isolateLeader | typeof killLeaderAhead,
    from: number,
    durationMs: readonly [number, number] = RESTART_MS,
  ): Arbitrary<DrawnFault> =>
    timedFault(fault, { params: fc.constant({ engine, topology }), atMs: part(from, from + 0.04), durationMs });
  const killed = [primaryKilled(0.02), primaryKilled(0.45)];
  if (topology === 'compact') {
    const node = fc.constantFrom(...nodesOf(topology, engine)).map((component) => ({ component }));
    return [
      ...killed,
      timedFault(pause, { params: node, atMs: part(0.25, 0.3), durationMs: [2_000, 5_000] }),
      timedFault(stop, { params: node, atMs: part(0.7, 0.8), durationMs: RESTART_MS }),
    ];
  }
  return [
    ...killed,
    timed(switchover, 0.22),
    timed(isolateLeader, 0.65, [2_000, 6_000]),
    timedFault(killReplica, {
      params: fc.constantFrom(0, 1).map((nth) => ({ engine, topology, nth })),
      atMs: part(0.76, 0.8),
      durationMs: RESTART_MS,
    }),
    timed(killLeaderAhead, 0.88),
  ];
}

export const replicaSetFailover: Scenario = {
  name: 'replica-set-failover',
  summary:
    'the MongoDB primary is killed in mid-step and ahead of its secondaries, steps down and is isolated, and a secondary is lost. Compact: one member that is killed, stopped and paused',
  topologies: ['cluster', 'compact'],
  hypothesis: STEADY_HYPOTHESIS,
  workload: shopWorkload,
  schedule: (stormMs, topology) => fc.tuple(...requiredFaults(stormMs, topology)),
  blastRadius: wholeSystem,
  invariants: SHOP_INVARIANTS,
  objectives: { rtoMs: 15_000, minSuccessRate: 0.99, maxP99Ms: 3_000 },
  stormMs: 130_000,
  orders: 200,
};
