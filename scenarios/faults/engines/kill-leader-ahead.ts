import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import type { Evidence } from '#invariants/history/event.ts';
import type { ComponentName, Topology } from '#sut/contract/components.ts';
import type { Environment } from '#sut/contract/environment.ts';
import { statusOf } from '../component-params.ts';
import { successionValues, successorOf } from '../evidence/leadership.ts';
import { provenDead } from '../evidence/process-life.ts';
import { provenPaused } from '../evidence/process-pause.ts';
import { type EngineSite, engineFault, topologySchema } from './engine-fault.ts';
import { failoverOf, PATRONI_EXPIRY, takes } from './failover-bounds.ts';

/** For how long the leader is alone, in milliseconds: shorter than what makes it give up by itself. */
const AHEAD_MS = { postgres: 3_000, mongodb: 1_200 } as const;
/**
 * After how long alone it gives up: MongoDB's election timeout; PostgreSQL's `wal_sender_timeout`, after which Patroni would call off
 * synchronous replication.
 */
const GIVES_UP_MS = { postgres: 60_000, mongodb: 2_000 } as const;
const REPLICATED = ['postgres', 'mongodb'] as const;

const schema = z.strictObject({ engine: z.enum(REPLICATED), topology: topologySchema });
export type KillLeaderAheadParams = z.infer<typeof schema>;

/** The leader's Patroni dies with it, or it would start it again in its place while no follower is ready: its leader key must expire. */
const succession = (params: KillLeaderAheadParams): ReturnType<typeof failoverOf> =>
  params.engine === 'postgres' ? PATRONI_EXPIRY : failoverOf(params);

/**
 * `kill -9` of a leader whose followers stood still for a while (SIGSTOP) and then die too, so that they do not have what it
 * took meanwhile; they start again at once, and one of them takes over. What was acknowledged without waiting for them is lost: a
 * setting of replication or of a client's write concern that only a failover with a lag shows.
 */
export const killLeaderAhead = engineFault<KillLeaderAheadParams>({
  name: 'kill-leader-ahead',
  summary: 'kill -9 the primary after its replicas stood still: what it acknowledged without them is lost with it',
  requires: ['kill', 'start', 'pause', 'resume'],
  schema,
  choices: (topology: Topology) =>
    topology === 'compact' ? [] : REPLICATED.map((engine): KillLeaderAheadParams => ({ engine, topology })),
  takesMs: (params) => {
    const { effect, heal } = takes(succession(params));
    return { effect: AHEAD_MS[params.engine] + effect, heal };
  },
  async strike({ environment, params, nodes, signal }) {
    const { engine } = params;
    const former = await environment.leader(engine, signal);
    const before = await statusOf(environment, { component: former });
    const followers = nodes.filter((node) => node !== former);
    const orderedMs = performance.now();
    const { dead, aheadMs, aloneMs, sinceMs } = await whileStandingStill(
      { environment, nodes: followers, signal },
      async (proof) => {
        const fromMs = performance.now();
        await delay(AHEAD_MS[engine], undefined, { signal });
        const killMs = performance.now();
        await environment.perform(former, 'kill', signal);
        const aloneMs = Math.round(performance.now() - orderedMs);
        const dead = await provenDead(environment, before, signal);
        // Restarted sooner they would not stand still while that is looked at.
        await proof;
        await Promise.all(followers.map((node) => restart(environment, node, signal)));
        return { dead, aheadMs: Math.round(killMs - fromMs), aloneMs, sinceMs: killMs };
      },
    );
    return async (evidenceSignal): Promise<Evidence> => {
      if (aloneMs >= GIVES_UP_MS[engine]) {
        const most = `gives up after ${GIVES_UP_MS[engine]} ms`;
        throw new Error(
          `${former} was alone for up to ${aloneMs} ms and ${most}: repeat the run on a less busy machine`,
        );
      }
      const within = { environment, engine, former, sinceMs, withinMs: succession(params).mostMs };
      const next = await successorOf(within, evidenceSignal);
      return {
        kind: 'leader-replaced',
        detail: `${former} went on for ${aheadMs} ms while ${followers.join(' and ')} stood still, which started again; ${dead.detail}; ${next.name} leads instead after ${next.afterMs} ms`,
        values: { ...dead.values, ...successionValues(former, next), aheadMs },
      };
    };
  },
});

/** What the leader has sent waits in the sockets of a process that stands still, and would be read: it ends with the process. */
async function restart(environment: Environment, node: ComponentName, signal: AbortSignal): Promise<void> {
  if (environment.capabilities(node).includes('kill-supervised')) {
    // Patroni, once it goes on, starts it again.
    await environment.perform(node, 'kill-supervised', signal);
    return;
  }
  await environment.perform(node, 'kill', signal);
  await environment.perform(node, 'start', signal);
}

/**
 * Stops the nodes, does `work`, and lets them go on. `work` begins as soon as they stand still, and beside the proof that they do:
 * a busy machine may take longer for that than a leader stays alone.
 */
async function whileStandingStill<T>(
  { environment, nodes, signal }: Pick<EngineSite<unknown>, 'environment' | 'nodes' | 'signal'>,
  work: (proof: Promise<unknown>) => Promise<T>,
): Promise<T> {
  const before = await Promise.all(nodes.map((component) => statusOf(environment, { component })));
  try {
    await Promise.all(nodes.map((node) => environment.perform(node, 'pause', signal)));
    const proof = Promise.all(before.map((status) => provenPaused(environment, status, signal)));
    // Told to whoever awaits it, which an interrupted `work` does not.
    proof.catch(() => undefined);
    return await work(proof);
  } finally {
    // Also when interrupted: the ledger would resume them, but later.
    const bound = AbortSignal.timeout(5_000);
    await Promise.all(nodes.map((node) => environment.perform(node, 'resume', bound)));
  }
}
