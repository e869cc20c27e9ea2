import fc from 'fast-check';
import { z } from 'zod';
import { linkFault, linkSchema } from './link-fault.ts';

const schema = z.strictObject({ link: linkSchema });
export type CutParams = z.infer<typeof schema>;

/** The link is down and says so: open connections close, new ones are refused. */
export const cut = linkFault<CutParams>({
  name: 'cut',
  summary: 'close the connections of a link and refuse new ones',
  schema,
  draw: (link) => fc.constant({ link }),
  disturbance: () => ({ kind: 'cut' }),
  async sight(probe) {
    const through = await probe.through();
    return through.outcome === 'refused'
      ? { seen: { kind: 'connection-refused', detail: `the proxy's port refuses: ${through.detail}` } }
      : { missing: `through the proxy ${through.outcome}` };
  },
});
