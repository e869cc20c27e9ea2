import type { z } from 'zod';
import { ENGINES, nodesOf, type Topology } from '#sut/contract/components.ts';
import type { Led } from '#sut/contract/environment.ts';
import { eventsTopic, TOPIC_SETTINGS } from '#sut/contract/topics.ts';
import { statusOf } from '../component-params.ts';
import { leaderOrReturn } from '../evidence/leader-or-return.ts';
import { successionValues, successorOf } from '../evidence/leadership.ts';
import { aimAtNode } from './aim-at-node.ts';
import { engineFault } from './engine-fault.ts';
import { failoverOf, takes } from './failover-bounds.ts';
import { leaderSchema } from './leader-schema.ts';

export type KillLeaderParams = z.infer<typeof leaderSchema>;

/**
 * `kill -9` of the node that leads, whichever that is then. Of a member under Patroni PostgreSQL alone is killed, so that
 * Patroni has it replaced at once; of a single server it is a restart.
 */
export const killLeader = engineFault<KillLeaderParams>({
  name: 'kill-leader',
  summary: 'kill -9 the primary, the controller, or the leader of a partition or slot; another takes over',
  requires: ['kill', 'start'],
  schema: leaderSchema,
  choices: leadersIn,
  takesMs: (params) => takes(failoverOf(params)),
  async strike({ environment, params, nodes, signal }) {
    const { engine, of } = params;
    const former = await environment.leader(engine, signal, of);
    const before = await statusOf(environment, { component: former });
    const kill = await aimAtNode(environment, before);
    // By default Patroni starts a PostgreSQL that died again in its place, for up to five minutes.
    const mayReturn = engine === 'postgres' && params.detection === 'default' && nodes.length > 1;
    const look = mayReturn ? await leaderOrReturn(environment, before) : undefined;
    const sinceMs = performance.now();
    const dead = await kill(signal);
    return async (evidenceSignal) => {
      if (nodes.length === 1) return { ...dead, detail: `${dead.detail}; nobody can take over` };
      const succession = { environment, engine, former, of, sinceMs, withinMs: failoverOf(params).mostMs, look };
      const next = await successorOf(succession, evidenceSignal);
      const values = { ...dead.values, ...successionValues(former, next) };
      const { name, afterMs } = next;
      return name === former
        ? { kind: 'leader-returned', detail: `${dead.detail}; ${former} leads again after ${afterMs} ms`, values }
        : {
            kind: 'leader-replaced',
            detail: `${dead.detail}; ${name} leads instead of ${former} after ${afterMs} ms`,
            values,
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
