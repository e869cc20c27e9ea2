import fc, { type Arbitrary } from 'fast-check';
import { linksTo, nodesOf, TOPOLOGIES, type Topology } from '#sut/contract/components.ts';
import { kill } from '../faults/kill.ts';
import { partition } from '../faults/partition.ts';
import { stop } from '../faults/stop.ts';
import { eventFault, timedFault } from '../model/draw-fault.ts';
import type { DrawnFault, Scenario } from '../model/scenario.ts';
import { paymentsWorkload } from '../workloads/shop/payments.ts';
import { wholeSystem } from './blast-radius.ts';
import { randomFault } from './random-fault.ts';
import { SHOP_INVARIANTS } from './shop-invariants.ts';
import { STEADY_HYPOTHESIS } from './steady-hypothesis.ts';
import { PAYMENT_STEPS, pointsOf } from './step-points.ts';

/** Each process that takes part in a payment dies at a point of a payment's steps. */
function requiredFaults(stormMs: number, topology: Topology): readonly Arbitrary<DrawnFault>[] {
  const part = (from: number, to: number): readonly [number, number] => [stormMs * from, stormMs * to];
  const restartMs = [800, 3_000] as const;
  const killedOn = (component: Arbitrary<string>, steps: Parameters<typeof pointsOf>[0], from: number) =>
    eventFault(kill, {
      params: fc.record({ component }),
      on: pointsOf(steps),
      notBeforeMs: part(from, from + 0.2),
      nth: [1, 4],
      durationMs: restartMs,
    });
  const [charge, topUp] = PAYMENT_STEPS;
  return [
    killedOn(fc.constantFrom('orchestrator', 'orchestrator-2'), PAYMENT_STEPS, 0.05),
    killedOn(fc.constant('payment'), [charge], 0.25),
    killedOn(fc.constant('wallet'), [topUp], 0.45),
    killedOn(fc.constantFrom('orchestrator', 'orchestrator-2'), [topUp], 0.6),
    timedFault(partition, {
      params: fc.record({ link: fc.constant('payment->acquirer'), direction: fc.constant('down') }),
      atMs: part(0.05, 0.6),
      durationMs: [3_000, 6_000],
    }),
    timedFault(partition, {
      params: fc.record({
        link: fc.constantFrom(...linksTo(topology, 'wallet', 'kafka'), ...linksTo(topology, 'wallet', 'mongodb')),
        direction: fc.constantFrom('both', 'up', 'down'),
      }),
      atMs: part(0.1, 0.8),
      durationMs: [2_000, 4_000],
    }),
    fc.constantFrom(kill, stop).chain((fault) =>
      timedFault(fault, {
        params: fault.params([...nodesOf(topology, 'postgres'), ...nodesOf(topology, 'mongodb')]),
        atMs: part(0.1, 0.8),
        durationMs: restartMs,
      }),
    ),
  ];
}

export const paymentSaga: Scenario = {
  name: 'payment-saga',
  summary:
    'payments charge a card and fill a wallet once or not at all while orchestrators, payment and wallet are killed in mid-step and the acquirer is cut off',
  topologies: TOPOLOGIES,
  hypothesis: STEADY_HYPOTHESIS,
  workload: paymentsWorkload,
  schedule: (stormMs, topology) =>
    fc
      .tuple(fc.tuple(...requiredFaults(stormMs, topology)), fc.array(randomFault(stormMs, topology), { maxLength: 2 }))
      .map(([required, random]) => [...required, ...random]),
  blastRadius: wholeSystem,
  invariants: SHOP_INVARIANTS,
  objectives: { rtoMs: 15_000, minSuccessRate: 0.99, maxP99Ms: 3_000 },
  stormMs: 45_000,
  orders: 200,
};
