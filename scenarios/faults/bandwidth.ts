import fc from 'fast-check';
import { z } from 'zod';
import { linkFault, linkSchema } from './link-fault.ts';
import { sightSlowTransfer, TRANSFER_BYTES } from './slow-transfer.ts';

const schema = z.strictObject({ link: linkSchema, bytesPerSecond: z.int().min(1_000) });
export type BandwidthParams = z.infer<typeof schema>;

/** The link is thin: large batches take long, small messages wait behind them. */
export const bandwidth = linkFault<BandwidthParams>({
  name: 'bandwidth',
  summary: 'limit the throughput of a link',
  schema,
  draw: (link) =>
    fc.record({
      link: fc.constant(link),
      bytesPerSecond: fc.integer({ min: 8, max: 40 }).map((kilobytes) => kilobytes * 1_000),
    }),
  disturbance: ({ bytesPerSecond }) => ({ kind: 'bandwidth', bytesPerSecond }),
  // Half of the ideal time: the proxy meters whole buffers and rounds the rate to KB/s.
  sight: (probe, { bytesPerSecond }) => sightSlowTransfer(probe, (TRANSFER_BYTES / bytesPerSecond) * 500),
});
