import type { z } from 'zod';
import { ENGINES, type Topology } from '#sut/contract/components.ts';
import { statusOf } from '../component-params.ts';
import { successionValues, successorOf } from '../evidence/leadership.ts';
import { provenPaused } from '../evidence/process-pause.ts';
import { engineFault } from './engine-fault.ts';
import { failoverOf, patroniExpiry, takes } from './failover-bounds.ts';
import { leaderSchema } from './leader-schema.ts';

export type IsolateLeaderParams = z.infer<typeof leaderSchema>;

/** The leader's Patroni stands still with it, so that its leader key must expire. */
const isolation = (params: IsolateLeaderParams): ReturnType<typeof failoverOf> =>
  params.engine === 'postgres' ? patroniExpiry(params.detection) : failoverOf(params);

/**
 * The leader is out of everybody's reach for longer than its term, peers and clients alike (SIGSTOP), and another takes over.
 * When it comes back it still takes itself for the leader, with all its connections open, and must find out.
 */
export const isolateLeader = engineFault<IsolateLeaderParams>({
  name: 'isolate-leader',
  summary: 'SIGSTOP the leader until another has taken over; it comes back believing that it leads',
  requires: ['pause', 'resume'],
  schema: leaderSchema,
  choices: (topology: Topology) =>
    topology === 'compact' ? [] : ENGINES.map((engine): IsolateLeaderParams => ({ engine, topology })),
  takesMs: (params) => takes(isolation(params)),
  async strike({ environment, params, signal }) {
    const { engine, of } = params;
    const former = await environment.leader(engine, signal, of);
    const before = await statusOf(environment, { component: former });
    const sinceMs = performance.now();
    await environment.perform(former, 'pause', signal);
    return async (evidenceSignal) => {
      const paused = await provenPaused(environment, before, evidenceSignal);
      const succession = { environment, engine, former, of, sinceMs, withinMs: isolation(params).mostMs };
      const next = await successorOf(succession, evidenceSignal);
      return {
        kind: 'leader-replaced',
        detail: `${former}: ${paused.detail}; ${next.name} leads instead after ${next.afterMs} ms`,
        values: { ...paused.values, ...successionValues(former, next) },
      };
    };
  },
});
