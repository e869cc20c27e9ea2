import fc from 'fast-check';
import { z } from 'zod';
import { linkFault, linkSchema } from './link-fault.ts';

const schema = z.strictObject({
  link: linkSchema,
  latencyMs: z.int().min(1).max(10_000),
  jitterMs: z.int().min(0).max(5_000),
});
export type LatencyParams = z.infer<typeof schema>;

const PINGS = 3;

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
  async sight(probe, { latencyMs, jitterMs }) {
    const timeoutMs = 2_000 + 4 * (latencyMs + jitterMs);
    const pings = await Promise.all(Array.from({ length: PINGS }, () => probe.through({ timeoutMs })));
    const direct = await probe.direct();
    const fastestMs = Math.min(...pings.map((one) => one.elapsedMs));
    const isLate = pings.every((one) => one.outcome === 'answered') && fastestMs >= latencyMs - jitterMs;
    return isLate
      ? {
          seen: {
            kind: 'probe-latency',
            detail: `fastest of ${PINGS} answers through the proxy ${fastestMs} ms, past it ${direct.elapsedMs} ms`,
            values: { fastestMs, directMs: direct.elapsedMs },
          },
        }
      : { missing: `pings ${pings.map((one) => `${one.outcome} ${one.elapsedMs} ms`).join(', ')}` };
  },
});
