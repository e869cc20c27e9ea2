import type { Evidence } from '#invariants/history/event.ts';
import type { ComponentName } from '#sut/contract/components.ts';
import { statusOf } from '../component-params.ts';
import { aimAtNode } from '../engines/aim-at-node.ts';
import { failoverOf } from '../engines/failover-bounds.ts';
import { provenWhole, successorOf } from '../evidence/leadership.ts';
import type { Strike } from './struck.ts';

/** The primary of a service's database, about to be killed. */
export interface AimedPrimary {
  readonly component: ComponentName;
  /** Kills it at once; resolves to the proof that it is dead. */
  kill(signal: AbortSignal): Promise<Evidence>;
  /** Rejects when nobody takes over; where nobody can, there is nothing to wait for. */
  replaced(signal: AbortSignal): Promise<string>;
  /** Every node is a whole member again. */
  whole(signal: AbortSignal): Promise<Evidence>;
}

/** Starts only from a whole cluster: without a standby nobody may be promoted. */
export async function aimAtPrimary({ environment, site, signal }: Strike): Promise<AimedPrimary> {
  const { engine, nodes, topology } = site;
  await provenWhole(environment, engine, nodes, signal);
  const component = await environment.leader(engine, signal);
  const kill = await aimAtNode(environment, await statusOf(environment, { component }));
  let sinceMs = performance.now();
  return {
    component,
    kill(killSignal) {
      sinceMs = performance.now();
      return kill(killSignal);
    },
    async replaced(effectSignal) {
      if (nodes.length === 1) return 'nobody can take over';
      const withinMs = failoverOf({ engine, topology }).mostMs;
      const succession = { environment, engine, former: component, sinceMs, withinMs };
      const { name, afterMs } = await successorOf(succession, effectSignal);
      return `${name} leads instead after ${afterMs} ms`;
    },
    whole: (healedSignal) => provenWhole(environment, engine, nodes, healedSignal),
  };
}
