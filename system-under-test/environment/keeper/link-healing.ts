import { setTimeout as delay } from 'node:timers/promises';
import { type ControlAddress, ToxiproxyServer } from '#toxiproxy/driver/toxiproxy-server.ts';
import { LinkFleet } from '#toxiproxy/links/link-fleet.ts';
import type { LinkControl } from './protocol.ts';

const LOOPBACK = '127.0.0.1';
const PROBE_TIMEOUT_MS = 500;

/** Resolves when the Toxiproxy server on this port answers; rejects when the signal aborts first. */
export async function toxiproxyReady(controlPort: number, signal: AbortSignal): Promise<ControlAddress> {
  const address = { host: LOOPBACK, port: controlPort };
  const server = new ToxiproxyServer(address, PROBE_TIMEOUT_MS);
  while ((await server.version().catch(() => '')) === '') await delay(20, undefined, { signal });
  return address;
}

/** Kills a child and starts it again by its spec. */
export type Replace = (process: string) => Promise<unknown>;

/**
 * A fleet over servers that run already. Every link must be given; proxies that exist are adopted, missing ones are
 * created. A server whose control API hangs is replaced through `replace`.
 */
export async function fleetOf(links: readonly LinkControl[], replace: Replace): Promise<LinkFleet> {
  const controls = new Map(links.map((link) => [link.client, link]));
  const fleet = new LinkFleet({
    replaceServer: async (client, signal) => {
      const control = controls.get(client);
      if (control === undefined) throw new Error(`no Toxiproxy server is known for ${client}`);
      await replace(control.process);
      return toxiproxyReady(control.controlPort, signal);
    },
  });
  for (const [client, { controlPort }] of controls) fleet.useServer(client, { host: LOOPBACK, port: controlPort });
  await Promise.all(
    links.map(({ name, client, listenPort, upstreamPort }) => fleet.create({ name, client, listenPort, upstreamPort })),
  );
  return fleet;
}
