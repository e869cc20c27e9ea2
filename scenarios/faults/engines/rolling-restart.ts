import { z } from 'zod';
import { nodesOf, type Topology } from '#sut/contract/components.ts';
import type { Environment } from '#sut/contract/environment.ts';
import { statusOf } from '../component-params.ts';
import { provenWhole } from '../evidence/leadership.ts';
import { provenDead, provenRestarted } from '../evidence/process-life.ts';
import { type EngineSite, engineFault, topologySchema } from './engine-fault.ts';

const schema = z.strictObject({ engine: z.literal('kafka'), topology: topologySchema });
export type RollingRestartParams = z.infer<typeof schema>;

/** Of one broker, on two busy cores: it hands its partitions over, ends, starts and catches up. */
const BROKER_MS = 15_000;

/**
 * Every broker is stopped in order and started again, one after the other, the controller last, as in an upgrade. The next
 * goes only when the last has caught up with all its partitions, so that no write ever lacks its replicas.
 */
export const rollingRestart = engineFault<RollingRestartParams>({
  name: 'rolling-restart',
  summary: 'stop and start the Kafka brokers in turn, each when all replicas are in sync again',
  requires: ['stop', 'start'],
  schema,
  choices: (topology: Topology) => [{ engine: 'kafka', topology }],
  takesMs: ({ topology }) => ({ effect: BROKER_MS * nodesOf(topology, 'kafka').length, heal: 2_000 }),
  async strike(site) {
    const order = await restartOrder(site);
    const startMs = performance.now();
    for (const broker of order) {
      await restart(site.environment, broker, site.signal);
      await provenWhole(site.environment, 'kafka', site.nodes, site.signal);
    }
    const totalMs = Math.round(performance.now() - startMs);
    return () =>
      Promise.resolve({
        kind: 'all-restarted',
        detail: `${order.join(', ')} restarted in this order in ${totalMs} ms, all replicas in sync in between`,
        values: { brokers: order.length, totalMs },
      });
  },
});

async function restartOrder({
  environment,
  nodes,
  signal,
}: EngineSite<unknown>): Promise<EngineSite<unknown>['nodes']> {
  const controller = await environment.leader('kafka', signal);
  return [...nodes.filter((node) => node !== controller), controller];
}

async function restart(
  environment: Environment,
  broker: EngineSite<unknown>['nodes'][number],
  signal: AbortSignal,
): Promise<void> {
  const before = await statusOf(environment, { component: broker });
  await environment.perform(broker, 'stop', signal);
  await provenDead(environment, before, signal);
  await environment.perform(broker, 'start', signal);
  await provenRestarted(environment, before, signal);
}
