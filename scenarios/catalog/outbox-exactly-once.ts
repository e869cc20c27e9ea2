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
/** Share of its part of the storm after which a fault starts at the latest. */
const JITTER = 0.1;

/** Each in its own part of the storm, for each needs the whole system at work. */
function requiredFaults({ stormMs, topology, publisher, services }: Draw): readonly Arbitrary<DrawnFault>[] {
  const crash =
    (service: PublishingService | undefined, window: CrashWindow): Placeable =>
    (fromMs, toMs) =>
      timedFault(crashInTransaction, {
        params: fc.constant({ service, window, topology }),
        atMs: [fromMs, toMs],
        durationMs: RESTART_MS,
      });
  const killed =
    (component: ComponentName, steps: Parameters<typeof pointsOf>[0]): Placeable =>
    (fromMs, toMs) =>
      eventFault(kill, {
        params: fc.constant({ component }),
        on: pointsOf(steps).filter(({ point }) => point === 'effect-committed' || point === 'reply-published'),
        notBeforeMs: [fromMs, toMs],
        nth: [1, 4],
        durationMs: RESTART_MS,
      });
  const [first, second, third, fourth] = services.postgres;
  const [one, other] = services.mongodb;
  /** Debezium keeps its progress in the transaction of the records: it dies while that is open, as the readers of all see. */
  const publisherDies: readonly Placeable[] =
    publisher === 'debezium'
      ? [killed('connect', [...ORDER_STEPS]), killed('connect', [...ORDER_STEPS])]
      : [crash(second, 'before-mark'), crash(one, 'before-mark'), crash(services.relay, 'before-mark')];
  const inOrder: readonly Placeable[] = [
    crash(first, 'before-commit'),
    crash(one, 'before-acknowledgement'),
    crash(second, 'before-acknowledgement'),
    ...publisherDies.slice(0, 2),
    killed(services.step.participant, [services.step]),
    crash(third, 'before-commit'),
    crash(other, 'before-acknowledgement'),
    crash(fourth, 'before-acknowledgement'),
    ...publisherDies.slice(2),
  ];
  const partMs = stormMs / inOrder.length;
  return inOrder.map((fault, index) => fault(index * partMs, (index + JITTER) * partMs));
}

/** A fault that starts somewhere between two moments of the storm. */
type Placeable = (fromMs: number, toMs: number) => Arbitrary<DrawnFault>;

interface Draw {
  readonly stormMs: number;
  readonly topology: Topology;
  readonly publisher: Publisher;
  readonly services: Services;
}

/** What is hit, in this order. */
interface Services {
  readonly postgres: readonly PublishingService[];
  readonly mongodb: readonly PublishingService[];
  readonly relay: PublishingService;
  readonly step: (typeof ORDER_STEPS)[number];
}

const services: Arbitrary<Services> = fc.record({
  postgres: fc.shuffledSubarray([...ON_POSTGRES], { minLength: ON_POSTGRES.length }),
  mongodb: fc.shuffledSubarray([...ON_MONGODB], { minLength: ON_MONGODB.length }),
  relay: fc.constantFrom(...ON_POSTGRES, 'notification' as const),
  step: fc.constantFrom(...ORDER_STEPS),
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
  stormMs: 210_000,
  orders: 350,
};
