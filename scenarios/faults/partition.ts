import fc from 'fast-check';
import { z } from 'zod';
import { linkFault, linkSchema } from './link-fault.ts';

const schema = z.strictObject({ link: linkSchema, direction: z.enum(['both', 'up', 'down']) });
export type PartitionParams = z.infer<typeof schema>;

/**
 * Bytes stop flowing while connections stay open; after healing they flow on, late and in order. `down` is the cruel one: the
 * request arrives, its answer does not.
 */
export const partition = linkFault<PartitionParams>({
  name: 'partition',
  summary: 'hold back all bytes of a link in one or both directions, without closing',
  schema,
  draw: (link) => fc.record({ link: fc.constant(link), direction: fc.constantFrom('both', 'up', 'down') }),
  disturbance: ({ direction }) => ({ kind: 'partition', direction }),
  async sight(probe, { direction }) {
    const [through, direct] = await Promise.all([probe.through(), probe.direct()]);
    return through.outcome === 'unanswered' && direct.outcome === 'answered'
      ? {
          seen: {
            kind: 'probe-unanswered',
            detail: `silent through the proxy for ${through.elapsedMs} ms (${direction}), answered past it in ${direct.elapsedMs} ms`,
            values: { silentMs: through.elapsedMs, directMs: direct.elapsedMs },
          },
        }
      : { missing: `through the proxy ${through.outcome}, past it ${direct.outcome}` };
  },
});
