import fc, { type Arbitrary } from 'fast-check';
import { type ComponentName, type Publisher, TOPOLOGIES, type Topology } from '#sut/contract/components.ts';
import { type CrashWindow, crashInTransaction } from '../faults/crash-in-transaction.ts';
import { kill } from '../faults/kill.ts';
import type { PublishingService } from '../faults/windows/crash-site.ts';
import { eventFault, timedFault } from '../model/draw-fault.ts';
import type { DrawnFault, Scenario } from '../model/scenario.ts';
import { shopWorkload } from '../workloads/shop/shop.ts';
import { wholeSystem } from './blast-radius.ts';
import { SHOP_INVARIANTS } from './shop-invariants.ts';
import { STEADY_HYPOTHESIS } from './steady-hypothesis.ts';
import { ORDER_STEPS, pointsOf } from './step-points.ts';

/** Services that publish something with almost every order, by the engine of their database. */
const ON_POSTGRES = ['order', 'payment', 'orchestrator', 'user'] as const satisfies readonly PublishingService[];
const ON_MONGODB = ['inventory', 'wallet'] as const satisfies readonly PublishingService[];
const RESTART_MS = [800, 2_500] as const;

/** The primary dies in mid-transaction of several services; a service, and with it its relay, at any point of a step. */
function requiredFaults({ stormMs, topology, publisher, services }: Draw): readonly Arbitrary<DrawnFault>[] {
  const part = (from: number, to: number): readonly [number, number] => [stormMs * from, stormMs * to];
  const crash = (service: PublishingService | undefined, window: CrashWindow, from: number): Arbitrary<DrawnFault> =>
    timedFault(crashInTransaction, {
      params: fc.constant({ service, window, topology }),
      atMs: part(from, from + 0.04),
      durationMs: RESTART_MS,
    });
  const killed = (component: ComponentName, steps: Parameters<typeof pointsOf>[0], from: number) =>
    eventFault(kill, {
      params: fc.constant({ component }),
      on: pointsOf(steps).filter(({ point }) => point === 'effect-committed' || point === 'reply-published'),
      notBeforeMs: part(from, from + 0.3),
      nth: [1, 4],
      durationMs: RESTART_MS,
    });
  const [first, second, third, fourth] = services.postgres;
  const [one, other] = services.mongodb;
  /** Debezium keeps its progress in the transaction of the records: it dies while that is open, as the readers of all see. */
  const publisherDies: readonly Arbitrary<DrawnFault>[] =
    publisher === 'debezium'
      ? [0.1, 0.5].map((from) => killed('connect', [...ORDER_STEPS], from))
      : [
          crash(second, 'before-mark', 0.66),
          crash(services.relay, 'before-mark', 0.78),
          crash(other, 'before-mark', 0.2),
          crash(one, 'before-mark', 0.52),
        ];
  return [
    crash(first, 'before-commit', 0.02),
    crash(second, 'before-acknowledgement', 0.17),
    crash(third, 'before-commit', 0.33),
    crash(fourth, 'before-acknowledgement', 0.49),
    crash(one, 'before-acknowledgement', 0.04),
    crash(other, 'before-acknowledgement', 0.36),
    ...publisherDies,
    fc.constantFrom(...ORDER_STEPS).chain((step) => killed(step.participant, [step], 0.1)),
  ];
}

interface Draw {
  readonly stormMs: number;
  readonly topology: Topology;
  readonly publisher: Publisher;
  readonly services: Services;
}

/** In the order in which they are hit. */
interface Services {
  readonly postgres: readonly PublishingService[];
  readonly mongodb: readonly PublishingService[];
  readonly relay: PublishingService;
}

const services: Arbitrary<Services> = fc.record({
  postgres: fc.shuffledSubarray([...ON_POSTGRES], { minLength: ON_POSTGRES.length }),
  mongodb: fc.shuffledSubarray([...ON_MONGODB], { minLength: ON_MONGODB.length }),
  relay: fc.constantFrom(...ON_POSTGRES, 'notification' as const),
});

export const outboxExactlyOnce: Scenario = {
  name: 'outbox-exactly-once',
  summary:
    'every committed event is in its topic once while databases are killed between outbox insert, commit and acknowledgement, and relays between send and mark',
  topologies: TOPOLOGIES,
  hypothesis: STEADY_HYPOTHESIS,
  workload: shopWorkload,
  schedule: (stormMs, topology, publisher) =>
    services.chain((drawn) => fc.tuple(...requiredFaults({ stormMs, topology, publisher, services: drawn }))),
  blastRadius: wholeSystem,
  invariants: SHOP_INVARIANTS,
  objectives: { rtoMs: 15_000, minSuccessRate: 0.99, maxP99Ms: 3_000 },
  stormMs: 150_000,
  orders: 350,
};
