import fc, { type Arbitrary } from 'fast-check';
import { LINKS } from '#sut/contract/components.ts';
import { FAULTS } from '../faults/catalog.ts';
import { kill } from '../faults/kill.ts';
import { partition } from '../faults/partition.ts';
import { stop } from '../faults/stop.ts';
import { eventFault, timedFault } from '../model/draw-fault.ts';
import { STEP_POINTS } from '../model/fault-schedule.ts';
import type { Probe } from '../model/probe.ts';
import type { DrawnFault, Scenario } from '../model/scenario.ts';
import { isQuiescent } from '../model/system-activity.ts';
import { shopWorkload } from '../workloads/shop/shop.ts';

const SERVICES = ['gateway', 'order', 'inventory', 'payment', 'notification', 'orchestrator'] as const;
const SERVERS = ['kafka', 'postgres', 'mongodb', 'redis'] as const;
const COMPONENTS = [...SERVICES, ...SERVERS];
/** Where the order service's own answer depends on nothing but its database: the gateway's links stay out of the random draw. */
const LINK_NAMES = LINKS.map((link) => link.name);

/** Steps that every order which is not refused goes through, so that an event on them surely comes. */
const SURE_STEPS = [
  { participant: 'inventory', action: 'reserve' },
  { participant: 'payment', action: 'charge' },
] as const;
const pointsOf = (steps: readonly (typeof SURE_STEPS)[number][]) =>
  steps.flatMap((step) => STEP_POINTS.map((point) => ({ ...step, point })));

const hypothesis: readonly Probe[] = [
  {
    name: 'components-running',
    measure: ({ components }) =>
      components.filter((component) => component.state === 'running').length / components.length,
    tolerance: { min: 1 },
  },
  { name: 'operations-answered', measure: ({ operations }) => operations.ok + operations.fail, tolerance: { min: 8 } },
  { name: 'operations-unanswered', measure: ({ operations }) => operations.info, tolerance: { max: 0 } },
  { name: 'system-quiescent', measure: ({ activity }) => (isQuiescent(activity) ? 1 : 0), tolerance: { min: 1 } },
];

/** The faults without which the scenario would not test what it says; drawn first, so that they find room first. */
function requiredFaults(stormMs: number): readonly Arbitrary<DrawnFault>[] {
  const part = (from: number, to: number): readonly [number, number] => [stormMs * from, stormMs * to];
  const restartMs = [800, 3_000] as const;
  const partitionMs = [3_000, 6_000] as const;
  const orchestrator = fc.constant({ component: 'orchestrator' });
  return [
    eventFault(kill, {
      params: orchestrator,
      on: pointsOf(SURE_STEPS),
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
      params: fc.record({ link: fc.constant('payment->kafka'), direction: fc.constantFrom('both', 'up', 'down') }),
      atMs: part(0.1, 0.8),
      durationMs: partitionMs,
    }),
    fc.constantFrom(...SURE_STEPS).chain((step) =>
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
        params: fault.params(['postgres', 'mongodb']),
        atMs: part(0.1, 0.8),
        durationMs: restartMs,
      }),
    ),
  ];
}

function randomFault(stormMs: number): Arbitrary<DrawnFault> {
  return fc.constantFrom(...FAULTS).chain((fault) =>
    timedFault(fault, {
      params: fault.params(fault.requires.length > 0 ? COMPONENTS : LINK_NAMES),
      atMs: [stormMs * 0.05, stormMs * 0.85],
      durationMs: [1_000, 4_000],
      isOptional: true,
    }),
  );
}

export const sagaRecovery: Scenario = {
  name: 'saga-recovery',
  summary:
    'orders keep their promises while the orchestrator and a participant are killed in mid-step, payment is cut off from Kafka and from the acquirer, and a database restarts',
  topology: 'compact',
  hypothesis,
  workload: shopWorkload,
  schedule: (stormMs) =>
    fc
      .tuple(fc.tuple(...requiredFaults(stormMs)), fc.array(randomFault(stormMs), { minLength: 1, maxLength: 3 }))
      .map(([required, random]) => [...required, ...random]),
  blastRadius: [...COMPONENTS, ...LINK_NAMES],
  invariants: [
    'no-double-charge',
    'every-saga-ends',
    'saga-is-consistent',
    'stock-is-conserved',
    'money-is-conserved',
    'no-lost-orders',
    'requests-are-idempotent',
    'outbox-exactly-once',
    'order-is-kept',
    'effects-exactly-once',
    'messages-once',
    'provenance-is-complete',
    'recovers-in-time',
    'service-stays-up',
    'nothing-left-behind',
  ],
  objectives: { rtoMs: 15_000, minSuccessRate: 0.99, maxP99Ms: 2_000 },
  stormMs: 45_000,
  orders: 200,
};
