import { z } from 'zod';
import type { Topology } from '#sut/contract/components.ts';
import { statusOf } from '../component-params.ts';
import { successionValues, successorOf } from '../evidence/leadership.ts';
import { detectionSchema, engineFault, topologySchema } from './engine-fault.ts';
import { failoverOf } from './failover-bounds.ts';

const CAPABILITIES = { postgres: 'switchover', mongodb: 'step-down' } as const;
const schema = z.strictObject({
  engine: z.enum(['postgres', 'mongodb']),
  topology: topologySchema,
  detection: detectionSchema.optional(),
});
export type SwitchoverParams = z.infer<typeof schema>;

/** A planned change of the primary: Patroni's switchover, MongoDB's step-down. Nobody dies, connections do. */
export const switchover = engineFault<SwitchoverParams>({
  name: 'switchover',
  summary: 'have the primary hand over its role in order (Patroni switchover, MongoDB step-down)',
  requires: ['start'],
  schema,
  choices: (topology: Topology) =>
    topology === 'compact' ? [] : (['postgres', 'mongodb'] as const).map((engine) => ({ engine, topology })),
  takesMs: (params) => ({ effect: failoverOf(params).usualMs, heal: failoverOf(params).rejoinMs }),
  async strike({ environment, params, signal }) {
    const { engine } = params;
    const former = await environment.leader(engine, signal);
    const before = await statusOf(environment, { component: former });
    const sinceMs = performance.now();
    const looking = new AbortController();
    const succession = { environment, engine, former, sinceMs, withinMs: failoverOf(params).mostMs };
    // Looked for from the order on: Patroni looks once a second whether it is done, and only then answers.
    const successor = successorOf(succession, AbortSignal.any([signal, looking.signal]));
    successor.catch(() => undefined);
    await environment.perform(former, CAPABILITIES[engine], signal).catch((error: unknown) => {
      looking.abort();
      throw error;
    });
    return async (evidenceSignal) => {
      evidenceSignal.addEventListener('abort', () => looking.abort(evidenceSignal.reason));
      const next = await successor;
      const now = await statusOf(environment, { component: former });
      if (now.pid !== before.pid || now.state !== 'running') {
        throw new Error(`${former} was to hand over alive, but is ${now.state} with pid ${now.pid}, not ${before.pid}`);
      }
      return {
        kind: 'leader-changed',
        detail: `${next.name} leads instead of ${former} after ${next.afterMs} ms; ${former} lives on`,
        values: successionValues(former, next),
      };
    };
  },
});
