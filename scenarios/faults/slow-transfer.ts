import type { Evidence } from '#invariants/history/event.ts';
import type { Sighting } from '../timing/eventually.ts';
import type { LinkProbe } from './link-fault.ts';

/** Size of the request with which throughput is measured: the largest that every server takes as a first one. */
export const TRANSFER_BYTES = 8_000;

/** Sends a long request through the proxy and sees the harm when it takes at least `leastMs`, and longer than past the proxy. */
export async function sightSlowTransfer(probe: LinkProbe, leastMs: number): Promise<Sighting<Evidence>> {
  const direct = await probe.direct({ paddingBytes: TRANSFER_BYTES });
  const through = await probe.through({ paddingBytes: TRANSFER_BYTES, timeoutMs: leastMs * 8 + 2_000 });
  const isSlow =
    through.outcome === 'answered' &&
    direct.outcome === 'answered' &&
    through.elapsedMs >= leastMs &&
    through.elapsedMs > direct.elapsedMs;
  return isSlow
    ? {
        seen: {
          kind: 'probe-transfer',
          detail: `${TRANSFER_BYTES} bytes answered through the proxy in ${through.elapsedMs} ms, past it in ${direct.elapsedMs} ms`,
          values: { throughMs: through.elapsedMs, directMs: direct.elapsedMs },
        },
      }
    : {
        missing: `through the proxy ${through.outcome} ${through.elapsedMs} ms, past it ${direct.outcome} ${direct.elapsedMs} ms`,
      };
}
