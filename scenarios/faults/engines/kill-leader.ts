import { z } from 'zod';
import { ENGINES, nodesOf, type Topology } from '#sut/contract/components.ts';
import type { Led } from '#sut/contract/environment.ts';
import { eventsTopic, TOPIC_SETTINGS } from '#sut/contract/topics.ts';
import { statusOf } from '../component-params.ts';
import { successorOf } from '../evidence/leadership.ts';
import { aimAtNode } from './aim-at-node.ts';
import { engineFault, engineSchema, topologySchema } from './engine-fault.ts';
import { failoverOf, takes } from './failover-bounds.ts';

const ledSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('partition'), topic: z.string().min(1), partition: z.int().min(0) }),
  z.strictObject({ kind: z.literal('slot'), slot: z.int().min(0).max(16_383) }),
]);
const ENGINE_OF = { partition: 'kafka', slot: 'redis' } as const;

const schema = z
  .strictObject({
    engine: engineSchema,
    topology: topologySchema,
    /** What it leads; absent: as `Environment.leader`. */
    of: ledSchema.optional(),
  })
  .refine(({ engine, of }) => of === undefined || ENGINE_OF[of.kind] === engine, 'the engine has no such leader');
export type KillLeaderParams = z.infer<typeof schema>;

/**
 * `kill -9` of the node that leads, whichever that is then. Of a member under Patroni PostgreSQL alone is killed, so that
 * Patroni has it replaced at once; of a single server it is a restart.
 */
export const killLeader = engineFault<KillLeaderParams>({
  name: 'kill-leader',
  summary: 'kill -9 the primary, the controller, or the leader of a partition or slot; another takes over',
  requires: ['kill', 'start'],
  schema,
  choices: leadersIn,
  takesMs: (params) => takes(failoverOf(params)),
  async strike({ environment, params, nodes, signal }) {
    const { engine, of } = params;
    const former = await environment.leader(engine, signal, of);
    const before = await statusOf(environment, { component: former });
    const kill = await aimAtNode(environment, before);
    const sinceMs = performance.now();
    const dead = await kill(signal);
    return async (evidenceSignal) => {
      if (nodes.length === 1) return { ...dead, detail: `${dead.detail}; nobody can take over` };
      const succession = { environment, engine, former, of, sinceMs, withinMs: failoverOf(params).mostMs };
      const { name, afterMs } = await successorOf(succession, evidenceSignal);
      return {
        kind: 'leader-replaced',
        detail: `${dead.detail}; ${name} leads instead of ${former} after ${afterMs} ms`,
        values: { ...dead.values, former, successor: name, failoverMs: afterMs },
      };
    };
  },
});

/** Each engine's leader; every partition of a busy topic, and a slot of every third of them. */
function leadersIn(topology: Topology): readonly KillLeaderParams[] {
  const plain = ENGINES.map((engine) => ({ engine, topology }));
  if (topology === 'compact') return plain;
  const partitions = Array.from({ length: TOPIC_SETTINGS.partitions }, (_, partition): Led => {
    return { kind: 'partition', topic: eventsTopic('order'), partition };
  });
  const slots = [0, 8_000, 16_383].map((slot): Led => ({ kind: 'slot', slot }));
  return [
    ...plain,
    ...partitions.map((of) => ({ engine: 'kafka' as const, topology, of })),
    ...slots
      .filter(() => nodesOf(topology, 'redis').length > 1)
      .map((of) => ({ engine: 'redis' as const, topology, of })),
  ];
}
