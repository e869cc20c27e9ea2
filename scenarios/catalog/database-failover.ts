import fc, { type Arbitrary } from 'fast-check';
import { nodesOf, type Topology } from '#sut/contract/components.ts';
import { isolateLeader } from '../faults/engines/isolate-leader.ts';
import { killLeader } from '../faults/engines/kill-leader.ts';
import { killLeaderAhead } from '../faults/engines/kill-leader-ahead.ts';
import { killReplica } from '../faults/engines/kill-replica.ts';
import { switchover } from '../faults/engines/switchover.ts';
import { stop } from '../faults/stop.ts';
import { eventFault, timedFault } from '../model/draw-fault.ts';
import type { DrawnFault, Scenario } from '../model/scenario.ts';
import { shopWorkload } from '../workloads/shop/shop.ts';
import { wholeSystem } from './blast-radius.ts';
import { SHOP_INVARIANTS } from './shop-invariants.ts';
import { STEADY_HYPOTHESIS } from './steady-hypothesis.ts';
import { ORDER_STEPS, pointsOf } from './step-points.ts';

const RESTART_MS = [800, 3_000] as const;

/** The primary dies twice in mid-step of a service that stores in PostgreSQL; the rest by topology. */
function requiredFaults(stormMs: number, topology: Topology): readonly Arbitrary<DrawnFault>[] {
  const part = (from: number, to: number): readonly [number, number] => [stormMs * from, stormMs * to];
  const engine = 'postgres';
  const steps = ORDER_STEPS.filter(({ participant }) => participant !== 'inventory');
  const primaryKilled = (from: number, to: number): Arbitrary<DrawnFault> =>
    eventFault(killLeader, {
      params: fc.constant({ engine, topology }),
      on: pointsOf(steps),
      notBeforeMs: part(from, to),
      nth: [1, 4],
      durationMs: RESTART_MS,
    });
  if (topology === 'compact') {
    const stopped = timedFault(stop, {
      params: fc.constantFrom(...nodesOf(topology, engine)).map((component) => ({ component })),
      atMs: part(0.55, 0.7),
      durationMs: RESTART_MS,
    });
    return [primaryKilled(0.02, 0.06), primaryKilled(0.35, 0.39), stopped, primaryKilled(0.75, 0.79)];
  }
  // The next comes only once the cluster is whole again; a leader key that expires takes some 45 s of the storm, twice.
  const onCluster = { params: fc.constant({ engine, topology }), durationMs: RESTART_MS };
  return [
    primaryKilled(0.02, 0.06),
    primaryKilled(0.3, 0.32),
    timedFault(switchover, { ...onCluster, atMs: part(0.17, 0.2) }),
    timedFault(killReplica, {
      params: fc.constantFrom(0, 1).map((nth) => ({ engine, topology, nth })),
      atMs: part(0.44, 0.46),
      durationMs: RESTART_MS,
    }),
    timedFault(killLeaderAhead, { ...onCluster, atMs: part(0.545, 0.565) }),
    timedFault(isolateLeader, { ...onCluster, atMs: part(0.765, 0.795) }),
  ];
}

export const databaseFailover: Scenario = {
  name: 'database-failover',
  summary:
    'the PostgreSQL primary is killed in mid-step and ahead of its replicas, switched over and isolated, and a replica is lost; no acknowledged order is. Compact: one server that is killed and stopped',
  topologies: ['cluster', 'compact'],
  hypothesis: STEADY_HYPOTHESIS,
  workload: shopWorkload,
  schedule: (stormMs, topology) => fc.tuple(...requiredFaults(stormMs, topology)),
  blastRadius: wholeSystem,
  invariants: SHOP_INVARIANTS,
  objectives: { rtoMs: 15_000, minSuccessRate: 0.99, maxP99Ms: 3_000 },
  stormMs: 240_000,
  orders: 300,
};
