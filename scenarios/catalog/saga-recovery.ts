import fc, { type Arbitrary } from 'fast-check';
import { linksTo, nodesOf, TOPOLOGIES, type Topology } from '#sut/contract/components.ts';
import { kill } from '../faults/kill.ts';
import { partition } from '../faults/partition.ts';
import { stop } from '../faults/stop.ts';
import { eventFault, timedFault } from '../model/draw-fault.ts';
import type { DrawnFault, Scenario } from '../model/scenario.ts';
import { shopWorkload } from '../workloads/shop/shop.ts';
import { wholeSystem } from './blast-radius.ts';
import { randomFault } from './random-fault.ts';
import { SHOP_INVARIANTS } from './shop-invariants.ts';
import { STEADY_HYPOTHESIS } from './steady-hypothesis.ts';
import { ORDER_STEPS, pointsOf } from './step-points.ts';

/** The faults without which the scenario would not test what it says; drawn first, so that they find room first. */
function requiredFaults(stormMs: number, topology: Topology): readonly Arbitrary<DrawnFault>[] {
  const part = (from: number, to: number): readonly [number, number] => [stormMs * from, stormMs * to];
  const restartMs = [800, 3_000] as const;
  const partitionMs = [3_000, 6_000] as const;
  const orchestrator = fc.record({ component: fc.constantFrom('orchestrator', 'orchestrator-2') });
  return [
    eventFault(kill, {
      params: orchestrator,
      on: pointsOf(ORDER_STEPS),
      notBeforeMs: part(0.05, 0.25),
      nth: [1, 4],
      durationMs: restartMs,
    }),
    timedFault(kill, { params: orchestrator, atMs: part(0.45, 0.75), durationMs: restartMs }),
    timedFault(partition, {
      params: fc.record({ link: fc.constant('payment->acquirer'), direction: fc.constant('down') }),
      atMs: part(0.05, 0.6),
      durationMs: partitionMs,
    }),
    timedFault(partition, {
      params: fc.record({
        link: fc.constantFrom(...linksTo(topology, 'payment', 'kafka')),
        direction: fc.constantFrom('both', 'up', 'down'),
      }),
      atMs: part(0.1, 0.8),
      durationMs: partitionMs,
    }),
    fc.constantFrom(...ORDER_STEPS).chain((step) =>
      eventFault(kill, {
        params: fc.constant({ component: step.participant }),
        on: pointsOf([step]),
        notBeforeMs: part(0.1, 0.6),
        nth: [1, 4],
        durationMs: restartMs,
      }),
    ),
    fc.constantFrom(kill, stop).chain((fault) =>
      timedFault(fault, {
        params: fault.params([...nodesOf(topology, 'postgres'), ...nodesOf(topology, 'mongodb')]),
        atMs: part(0.1, 0.8),
        durationMs: restartMs,
      }),
    ),
  ];
}

export const sagaRecovery: Scenario = {
  name: 'saga-recovery',
  summary:
    'orders keep their promises while an orchestrator and a participant are killed in mid-step, payment is cut off from Kafka and from the acquirer, and a database restarts',
  topologies: TOPOLOGIES,
  hypothesis: STEADY_HYPOTHESIS,
  workload: shopWorkload,
  schedule: (stormMs, topology) =>
    fc
      .tuple(
        fc.tuple(...requiredFaults(stormMs, topology)),
        fc.array(randomFault(stormMs, topology), { minLength: 1, maxLength: 3 }),
      )
      .map(([required, random]) => [...required, ...random]),
  blastRadius: wholeSystem,
  invariants: SHOP_INVARIANTS,
  objectives: { rtoMs: 15_000, minSuccessRate: 0.99, maxP99Ms: 3_000 },
  stormMs: 45_000,
  orders: 200,
};
