import fc from 'fast-check';
import { z } from 'zod';
import { linkFault, linkSchema } from './link-fault.ts';
import { sightSlowTransfer, TRANSFER_BYTES } from './slow-transfer.ts';

const schema = z.strictObject({
  link: linkSchema,
  averageSizeBytes: z.int().min(8),
  delayMs: z.int().min(1).max(1_000),
});
export type SliceParams = z.infer<typeof schema>;

/** Data arrives in crumbs with pauses between them: finds readers that take one packet for one message. */
export const slice = linkFault<SliceParams>({
  name: 'slice',
  summary: 'cut the data of a link into small pieces with pauses between them',
  schema,
  draw: (link) =>
    fc.record({
      link: fc.constant(link),
      averageSizeBytes: fc.integer({ min: 128, max: 512 }),
      delayMs: fc.integer({ min: 5, max: 15 }),
    }),
  disturbance: ({ averageSizeBytes, delayMs }) => ({ kind: 'slice', averageSizeBytes, delayMs }),
  // A third of the ideal time: the pieces vary in size around their average.
  sight: (probe, { averageSizeBytes, delayMs }) =>
    sightSlowTransfer(probe, ((TRANSFER_BYTES / averageSizeBytes) * delayMs) / 3),
});
