import fc from 'fast-check';
import { z } from 'zod';
import { linkFault, linkSchema } from './link-fault.ts';
import { sightSlowAnswer } from './slow-answer.ts';

const schema = z.strictObject({
  link: linkSchema,
  latencyMs: z.int().min(1).max(10_000),
  jitterMs: z.int().min(0).max(5_000),
});
export type LatencyParams = z.infer<typeof schema>;

/** Every byte arrives late, each time by another amount. */
export const latency = linkFault<LatencyParams>({
  name: 'latency',
  summary: 'delay the bytes of a link, with jitter',
  schema,
  draw: (link) =>
    fc.record({
      link: fc.constant(link),
      latencyMs: fc.integer({ min: 80, max: 400 }),
      jitterMs: fc.integer({ min: 0, max: 60 }),
    }),
  disturbance: ({ latencyMs, jitterMs }) => ({ kind: 'latency', latencyMs, jitterMs, direction: 'down' }),
  sight: (probe, { latencyMs, jitterMs }) => sightSlowAnswer(probe, latencyMs, jitterMs),
});
