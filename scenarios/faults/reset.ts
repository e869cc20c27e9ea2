import fc from 'fast-check';
import { z } from 'zod';
import { linkFault, linkSchema } from './link-fault.ts';

const schema = z.strictObject({ link: linkSchema });
export type ResetParams = z.infer<typeof schema>;

/** Connections are accepted and then reset, the old and the new ones. */
export const reset = linkFault<ResetParams>({
  name: 'reset',
  summary: 'reset the TCP connections of a link',
  schema,
  draw: (link) => fc.constant({ link }),
  disturbance: () => ({ kind: 'reset' }),
  async sight(probe) {
    const [through, direct] = await Promise.all([probe.through(), probe.direct()]);
    return through.outcome === 'closed' && direct.outcome === 'answered'
      ? {
          seen: {
            kind: 'connection-reset',
            detail: `dropped through the proxy after ${through.elapsedMs} ms: ${through.detail}`,
          },
        }
      : { missing: `through the proxy ${through.outcome}, past it ${direct.outcome}` };
  },
});
