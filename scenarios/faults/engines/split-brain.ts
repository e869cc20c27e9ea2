import { z } from 'zod';
import type { Topology } from '#sut/contract/components.ts';
import { eventually } from '../../timing/eventually.ts';
import { statusOf } from '../component-params.ts';
import { successorOf } from '../evidence/leadership.ts';
import { postgresRole } from '../evidence/postgres-role.ts';
import { processState } from '../evidence/process-state.ts';
import { engineFault } from './engine-fault.ts';
import { PATRONI_EXPIRY, takes } from './failover-bounds.ts';

const schema = z.strictObject({ engine: z.literal('postgres'), topology: z.literal('cluster') });
/** From the leader key to the first write. */
const PROMOTION_MS = 10_000;
export type SplitBrainParams = z.infer<typeof schema>;

/**
 * The primary's Patroni dies alone. Its PostgreSQL goes on as primary, unwatched; when the leader key has expired the others
 * elect a second one. Then two take writes, and only synchronous replication keeps the first from acknowledging any.
 */
export const splitBrain = engineFault<SplitBrainParams>({
  name: 'split-brain',
  summary: "kill -9 the primary's Patroni alone: after its lease two PostgreSQL hold themselves for the primary",
  requires: ['kill-supervisor', 'start'],
  schema,
  choices: (topology: Topology) => (topology === 'cluster' ? [{ engine: 'postgres', topology }] : []),
  takesMs: () => takes(PATRONI_EXPIRY),
  async strike({ environment, params: { engine }, signal }) {
    const former = await environment.leader(engine, signal);
    const { pid, port } = await statusOf(environment, { component: former });
    const sinceMs = performance.now();
    await environment.perform(former, 'kill-supervisor', signal);
    return async (evidenceSignal) => {
      const succession = { environment, engine, former, sinceMs, withinMs: PATRONI_EXPIRY.mostMs };
      const { name, afterMs } = await successorOf(succession, evidenceSignal);
      const kernel = pid === undefined ? 'gone' : await processState(pid);
      if (kernel !== 'gone' && kernel !== 'Z')
        throw new Error(`Patroni of ${former} (pid ${pid}) is in state ${kernel}`);
      // The new one has the leader key a moment before it has left recovery.
      await eventually(
        `both ${former} and ${name} take writes`,
        async () => {
          const [old, other] = await Promise.all([postgresRole(port), postgresRole(environment.port(name))]);
          return old.isWritable && other.isWritable
            ? { seen: true }
            : { missing: `writable: ${former} ${old.isWritable}, ${name} ${other.isWritable}` };
        },
        { timeoutMs: PROMOTION_MS, signal: evidenceSignal },
      );
      return {
        kind: 'two-primaries',
        detail: `Patroni of ${former} is dead; after ${afterMs} ms both ${former} and ${name} take writes`,
        values: { former, successor: name, failoverMs: afterMs },
      };
    };
  },
});
