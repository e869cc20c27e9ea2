import type { Evidence } from '#invariants/history/event.ts';
import type { Sighting } from '../timing/eventually.ts';
import type { LinkProbe } from './link-fault.ts';

const PINGS = 3;

/** Pings a few times through the proxy and sees the harm when none is answered sooner than the jitter allows, nor as soon as past it. */
export async function sightSlowAnswer(
  probe: LinkProbe,
  latencyMs: number,
  jitterMs: number,
): Promise<Sighting<Evidence>> {
  const timeoutMs = 2_000 + 4 * (latencyMs + jitterMs);
  const pings = await Promise.all(Array.from({ length: PINGS }, () => probe.through({ timeoutMs })));
  const direct = await probe.direct();
  const fastestMs = Math.min(...pings.map((one) => one.elapsedMs));
  const isLate =
    pings.every((one) => one.outcome === 'answered') &&
    direct.outcome === 'answered' &&
    fastestMs >= latencyMs - jitterMs &&
    fastestMs > direct.elapsedMs;
  const directly = `past it ${direct.outcome} ${direct.elapsedMs} ms`;
  return isLate
    ? {
        seen: {
          kind: 'probe-latency',
          detail: `fastest of ${PINGS} answers through the proxy ${fastestMs} ms, past it ${direct.elapsedMs} ms`,
          values: { fastestMs, directMs: direct.elapsedMs },
        },
      }
    : { missing: `pings ${pings.map((one) => `${one.outcome} ${one.elapsedMs} ms`).join(', ')}, ${directly}` };
}
