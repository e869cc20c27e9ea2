import fc, { type Arbitrary } from 'fast-check';
import { linksTo, TOPOLOGIES, type Topology } from '#sut/contract/components.ts';
import { kill } from '../faults/kill.ts';
import { partition } from '../faults/partition.ts';
import { pause } from '../faults/pause.ts';
import { eventFault, timedFault } from '../model/draw-fault.ts';
import type { DrawnFault, Scenario } from '../model/scenario.ts';
import { shopWorkload } from '../workloads/shop/shop.ts';
import { wholeSystem } from './blast-radius.ts';
import { SHOP_INVARIANTS } from './shop-invariants.ts';
import { STEADY_HYPOTHESIS } from './steady-hypothesis.ts';
import { ORDER_STEPS, PAYMENT_STEPS, pointsOf } from './step-points.ts';

const PAIR = ['orchestrator', 'orchestrator-2'] as const;
/** Beyond leases and Kafka sessions: the other takes over, and what wakes up must find out that it no longer leads. */
const ZOMBIE_MS = [12_000, 14_000] as const;
/** Shorter than they are: it wakes up as if nothing had been, with its connections and its leadership. */
const HICCUP_MS = [500, 1_500] as const;
const RESTART_MS = [800, 3_000] as const;

/** First one orchestrator and then the other, in either order: killed in mid-step, paused for so long that the other has taken over. */
function requiredFaults(
  stormMs: number,
  topology: Topology,
  [first, second]: readonly string[],
): readonly Arbitrary<DrawnFault>[] {
  const part = (from: number, to: number): readonly [number, number] => [stormMs * from, stormMs * to];
  const on = pointsOf([...ORDER_STEPS, ...PAYMENT_STEPS.slice(1)]);
  const onEvent = (
    fault: typeof kill,
    component: string | undefined,
    from: number,
    durationMs: readonly [number, number],
  ): Arbitrary<DrawnFault> =>
    eventFault(fault, {
      params: fc.constant({ component }),
      on,
      notBeforeMs: part(from, from + 0.05),
      nth: [1, 4],
      durationMs,
    });
  return [
    onEvent(pause, first, 0.02, ZOMBIE_MS),
    onEvent(kill, second, 0.42, RESTART_MS),
    onEvent(kill, first, 0.5, RESTART_MS),
    onEvent(pause, second, 0.62, ZOMBIE_MS),
    timedFault(pause, {
      params: fc.constant({ component: first }),
      atMs: part(0.7, 0.8),
      durationMs: HICCUP_MS,
      isOptional: true,
    }),
    timedFault(partition, {
      params: fc.record({
        link: fc.constantFrom(
          ...PAIR.flatMap((name) => [...linksTo(topology, name, 'kafka'), ...linksTo(topology, name, 'postgres')]),
        ),
        direction: fc.constantFrom('both', 'up', 'down'),
      }),
      atMs: part(0.3, 0.4),
      durationMs: [2_000, 4_000],
      isOptional: true,
    }),
  ];
}

export const orchestratorTakeover: Scenario = {
  name: 'orchestrator-takeover',
  summary:
    'each of two orchestrators is killed in mid-step and stopped beyond its lease; the other goes on with its sagas, and what wakes up late changes nothing',
  topologies: TOPOLOGIES,
  hypothesis: STEADY_HYPOTHESIS,
  workload: shopWorkload,
  schedule: (stormMs, topology) =>
    fc
      .shuffledSubarray([...PAIR], { minLength: 2 })
      .chain((pair) => fc.tuple(...requiredFaults(stormMs, topology, pair))),
  blastRadius: wholeSystem,
  invariants: SHOP_INVARIANTS,
  objectives: { rtoMs: 15_000, minSuccessRate: 0.99, maxP99Ms: 3_000 },
  stormMs: 70_000,
  orders: 250,
};
