import { z } from 'zod';
import { type ComponentName, ENGINES, type Engine, type Topology } from '#sut/contract/components.ts';
import type { Environment } from '#sut/contract/environment.ts';
import { statusOf } from '../component-params.ts';
import { leaderNow } from '../evidence/leadership.ts';
import { provenDead } from '../evidence/process-life.ts';
import { engineFault, engineSchema, topologySchema } from './engine-fault.ts';
import { failoverOf } from './failover-bounds.ts';

const schema = z.strictObject({
  engine: engineSchema,
  topology: topologySchema,
  /** Which of those that do not lead, counted round from 0. */
  nth: z.int().min(0),
});
export type KillReplicaParams = z.infer<typeof schema>;

/** Slots that the three masters of a Redis cluster serve between them, whoever they are. */
const SLOT_OF_EACH_MASTER = [0, 8_000, 16_383];

/** `kill -9` of a node that does not lead, with everything that it has started: writes must go on without it. */
export const killReplica = engineFault<KillReplicaParams>({
  name: 'kill-replica',
  summary: 'kill -9 a node that does not lead; the leader stays',
  requires: ['kill', 'start'],
  schema,
  choices: (topology: Topology) =>
    topology === 'compact' ? [] : ENGINES.flatMap((engine) => [0, 1].map((nth) => ({ engine, topology, nth }))),
  takesMs: (params) => ({ effect: 2_000, heal: failoverOf(params).rejoinMs }),
  async strike({ environment, params: { engine, nth }, nodes, signal }) {
    const leaders = await leadersOf(environment, engine, signal);
    const others = nodes.filter((node) => !leaders.includes(node));
    const victim = others[nth % others.length];
    if (victim === undefined) throw new Error(`every node of ${engine} leads something`);
    const before = await statusOf(environment, { component: victim });
    await environment.perform(victim, 'kill', signal);
    return async (evidenceSignal) => {
      const dead = await provenDead(environment, before, evidenceSignal);
      const leader = await leaderNow(environment, engine, evidenceSignal);
      if (!leaders.includes(leader)) throw new Error(`${victim} did not lead ${engine}, yet ${leader} does now`);
      return {
        kind: 'replica-dead',
        detail: `${victim}: ${dead.detail}; ${leader} still leads`,
        values: { ...dead.values, victim, leader },
      };
    };
  },
});

function leadersOf(environment: Environment, engine: Engine, signal: AbortSignal): Promise<readonly ComponentName[]> {
  if (engine !== 'redis') return Promise.all([environment.leader(engine, signal)]);
  return Promise.all(SLOT_OF_EACH_MASTER.map((slot) => environment.leader(engine, signal, { kind: 'slot', slot })));
}
