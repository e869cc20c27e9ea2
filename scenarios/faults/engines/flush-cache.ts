import { z } from 'zod';
import type { ComponentName, Topology } from '#sut/contract/components.ts';
import type { Environment } from '#sut/contract/environment.ts';
import { eventually } from '../../timing/eventually.ts';
import { redisKeys } from '../evidence/redis-keys.ts';
import { FAULT_BOUNDS } from '../fault-bounds.ts';
import { engineFault, topologySchema } from './engine-fault.ts';

const schema = z.strictObject({ engine: z.literal('redis'), topology: topologySchema });
export type FlushCacheParams = z.infer<typeof schema>;

/**
 * Every key is gone at once, while the servers run on. Nothing is to be healed: whatever needs the keys must do without.
 * An empty cache cannot be emptied: the fault waits for keys, and is not proven without any.
 */
export const flushCache = engineFault<FlushCacheParams>({
  name: 'flush-cache',
  summary: 'empty every Redis node (FLUSHALL)',
  requires: ['flush'],
  schema,
  choices: (topology: Topology) => [{ engine: 'redis', topology }],
  takesMs: () => ({ effect: 1_000, heal: 2_000 }),
  async strike({ environment, nodes, signal }) {
    const before = await filled(environment, nodes, signal);
    await Promise.all(nodes.map((node) => environment.perform(node, 'flush', signal)));
    const after = await keysOf(environment, nodes);
    return () => {
      const flushed = after.filter(({ flushes }, index) => flushes > (before.each[index]?.flushes ?? 0)).length;
      const left = sumOf(after);
      // Clients may have written again since.
      if (flushed === 0 || left >= before.keys) {
        return Promise.reject(new Error(`${before.keys} keys before, ${left} after ${flushed} nodes were flushed`));
      }
      return Promise.resolve({
        kind: 'cache-emptied',
        detail: `${before.keys} keys before, ${left} at once after; ${flushed} of ${nodes.length} nodes were flushed`,
        values: { keysBefore: before.keys, keysAfter: left, flushed },
      });
    };
  },
});

type NodeKeys = Awaited<ReturnType<typeof redisKeys>>;

const keysOf = (environment: Environment, nodes: readonly ComponentName[]): Promise<readonly NodeKeys[]> =>
  Promise.all(nodes.map((node) => redisKeys(environment.port(node))));

const sumOf = (each: readonly NodeKeys[]): number => each.reduce((sum, { keys }) => sum + keys, 0);

function filled(
  environment: Environment,
  nodes: readonly ComponentName[],
  signal: AbortSignal,
): Promise<{ readonly keys: number; readonly each: readonly NodeKeys[] }> {
  return eventually(
    'the cache holds keys',
    async () => {
      const each = await keysOf(environment, nodes);
      const keys = sumOf(each);
      return keys > 0 ? { seen: { keys, each } } : { missing: 'it is empty' };
    },
    { timeoutMs: FAULT_BOUNDS.windowMs, signal },
  );
}
