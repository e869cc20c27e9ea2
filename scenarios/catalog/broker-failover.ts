import fc, { type Arbitrary } from 'fast-check';
import type { Topology } from '#sut/contract/components.ts';
import { commandsTopic, TOPIC_SETTINGS } from '#sut/contract/topics.ts';
import { killBrokers } from '../faults/engines/kill-brokers.ts';
import { killLeader } from '../faults/engines/kill-leader.ts';
import { rollingRestart } from '../faults/engines/rolling-restart.ts';
import { eventFault, timedFault } from '../model/draw-fault.ts';
import type { DrawnFault, Scenario } from '../model/scenario.ts';
import { shopWorkload } from '../workloads/shop/shop.ts';
import { targetComponents, wholeSystem } from './blast-radius.ts';
import { SHOP_INVARIANTS } from './shop-invariants.ts';
import { STEADY_HYPOTHESIS } from './steady-hypothesis.ts';
import { ORDER_STEPS, pointsOf } from './step-points.ts';

const RESTART_MS = [1_000, 4_000] as const;

/** The leader of a step's topic dies in mid-step, then the controller; all restart in turn; on a cluster two die at once. */
function requiredFaults(stormMs: number, topology: Topology): readonly Arbitrary<DrawnFault>[] {
  const part = (from: number, to: number): readonly [number, number] => [stormMs * from, stormMs * to];
  const engine = 'kafka';
  const leaderOfStep = (from: number): Arbitrary<DrawnFault> =>
    fc
      .tuple(fc.constantFrom(...ORDER_STEPS), fc.integer({ min: 0, max: TOPIC_SETTINGS.partitions - 1 }))
      .chain(([step, partition]) =>
        eventFault(killLeader, {
          params: fc.constant({
            ...{ engine, topology },
            of: { kind: 'partition', topic: commandsTopic(step.participant), partition },
          }),
          on: pointsOf([step]),
          notBeforeMs: part(from, from + 0.04),
          nth: [1, 4],
          durationMs: RESTART_MS,
        }),
      );
  const controller = timedFault(killLeader, {
    params: fc.constant({ engine, topology }),
    atMs: part(0.24, 0.28),
    durationMs: RESTART_MS,
  });
  const rolling = timedFault(rollingRestart, {
    params: fc.constant({ engine, topology }),
    atMs: part(0.6, 0.64),
    durationMs: [500, 1_000],
  });
  if (topology === 'compact') return [leaderOfStep(0.02), controller, rolling, leaderOfStep(0.8)];
  const twoBrokers = timedFault(killBrokers, {
    params: killBrokers.params(targetComponents(topology)),
    atMs: part(0.4, 0.45),
    durationMs: RESTART_MS,
  });
  return [leaderOfStep(0.02), controller, twoBrokers, rolling];
}

export const brokerFailover: Scenario = {
  name: 'broker-failover',
  summary:
    "the broker that leads a step's topic is killed in mid-step, then the controller, then two brokers at once, and all restart in turn. Compact: one broker, killed and restarted",
  topologies: ['cluster', 'compact'],
  hypothesis: STEADY_HYPOTHESIS,
  workload: shopWorkload,
  schedule: (stormMs, topology) => fc.tuple(...requiredFaults(stormMs, topology)),
  blastRadius: wholeSystem,
  invariants: SHOP_INVARIANTS,
  objectives: { rtoMs: 15_000, minSuccessRate: 0.99, maxP99Ms: 3_000 },
  stormMs: 160_000,
  orders: 250,
};
