import { z } from 'zod';
import { ALL_COMPONENTS, type ComponentName, nodesOf, type Topology } from '#sut/contract/components.ts';
import { eventually } from '../../timing/eventually.ts';
import { statusOf } from '../component-params.ts';
import { leaderNow } from '../evidence/leadership.ts';
import { provenDead } from '../evidence/process-life.ts';
import { engineFault } from './engine-fault.ts';

const schema = z
  .strictObject({
    engine: z.literal('kafka'),
    topology: z.literal('cluster'),
    brokers: z.array(z.enum(ALL_COMPONENTS)).length(2),
  })
  .refine(({ brokers, topology }) => new Set(brokers).size === 2 && brokers.every((one) => isBroker(topology, one)), {
    error: 'not two brokers of the cluster',
  });
export type KillBrokersParams = z.infer<typeof schema>;

const isBroker = (topology: Topology, name: ComponentName): boolean => nodesOf(topology, 'kafka').includes(name);
/** The quorum's own bound is 1 s. */
const QUORUM_LOST_MS = 15_000;

/** Two of three brokers die at once: fewer in-sync replicas are left than a write needs, and no quorum for a controller. */
export const killBrokers = engineFault<KillBrokersParams>({
  name: 'kill-brokers',
  summary: 'kill -9 two Kafka brokers at once: below min.insync.replicas and without a quorum, nothing can be written',
  requires: ['kill', 'start'],
  schema,
  choices: (topology: Topology) => (topology === 'cluster' ? pairsOf(nodesOf(topology, 'kafka')) : []),
  takesMs: () => ({ effect: 6_000, heal: 20_000 }),
  async strike({ environment, params: { engine, brokers }, signal }) {
    const before = await Promise.all(brokers.map((component) => statusOf(environment, { component })));
    await Promise.all(brokers.map((broker) => environment.perform(broker, 'kill', signal)));
    return async (evidenceSignal) => {
      const dead = await Promise.all(before.map((one) => provenDead(environment, one, evidenceSignal)));
      const answer = await eventually(
        'there is no controller',
        async () => {
          const controller = await leaderNow(environment, engine, evidenceSignal).catch(() => undefined);
          evidenceSignal.throwIfAborted();
          // An old answer: who lost the quorum needs a moment to notice.
          return controller === undefined
            ? { seen: 'no broker names a controller' }
            : { missing: `${controller} leads` };
        },
        { timeoutMs: QUORUM_LOST_MS, signal: evidenceSignal },
      );
      return {
        kind: 'quorum-lost',
        detail: `${before.map(({ name }, index) => `${name}: ${dead[index]?.detail}`).join('; ')}; ${answer}`,
        values: { brokers: brokers.length },
      };
    };
  },
});

function pairsOf(brokers: readonly ComponentName[]): readonly KillBrokersParams[] {
  return brokers.map((left) => ({
    engine: 'kafka',
    topology: 'cluster',
    brokers: brokers.filter((broker) => broker !== left),
  }));
}
