import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { LinkFleet } from '#toxiproxy/links/link-fleet.ts';
import type { Installations } from './components/ensure-all.ts';
import type { ServerName } from './components/server-name.ts';
import type { EnvironmentPaths } from './environment-paths.ts';
import type { KeeperClient } from './keeper/keeper-client.ts';
import { fleetOf, toxiproxyReady } from './keeper/link-healing.ts';
import type { LinkControl } from './keeper/protocol.ts';
import { installationOf } from './servers/installation-of.ts';
import type { ServerNode, ServerPlace } from './servers/server-driver.ts';
import { driverOf } from './servers/server-nodes.ts';
import { waitUntilReady } from './servers/wait-until-ready.ts';

export interface StartContext {
  readonly client: KeeperClient;
  readonly installations: Partial<Installations<ServerName>>;
  readonly paths: EnvironmentPaths;
  readonly nodes: readonly ServerNode[];
  /** Empty when nothing goes through proxies. */
  readonly links: readonly LinkControl[];
  readonly signal: AbortSignal;
}

const TOXIPROXY_READY_MS = 10_000;
/** Bound of waiting for a server that others are started after. */
const PREDECESSOR_READY_MS = 30_000;

function placeOf(node: ServerNode, { paths, nodes, links, installations }: StartContext): ServerPlace {
  const proxyPorts = new Map(
    links.filter(({ client }) => client === node.component).map((link) => [link.upstreamPort, link.listenPort]),
  );
  return {
    ...node,
    nodes,
    dataDir: join(paths.dataDir, node.component),
    logFile: join(paths.logsDir, `${node.component}.log`),
    advertisedPort: node.port,
    reach: ({ port }) => proxyPorts.get(port) ?? port,
    programs: installations,
  };
}

/**
 * Prepares and starts one server under the keeper; resolves when its process runs. A server with links of its own
 * waits for `linksReady`, and every one for those that its driver says it is started after.
 */
async function startServer(node: ServerNode, context: StartContext, linksReady?: Promise<unknown>): Promise<void> {
  const { client, installations, links, nodes, signal } = context;
  const driver = driverOf(node.server);
  const spec = await driver.prepare(installationOf(installations, node.server), placeOf(node, context), signal);
  if (links.some((link) => link.client === node.component)) await linksReady;
  const limit = AbortSignal.any([signal, AbortSignal.timeout(PREDECESSOR_READY_MS)]);
  const before = nodes.filter(({ server }) => driver.startsAfter?.includes(server));
  await Promise.all(before.map((one) => waitUntilReady(driverOf(one.server), { ...one, nodes }, limit)));
  await client.request('spawn', { spec: { ...spec, name: node.component } });
}

/** Starts all servers side by side; resolves when their processes run, which is before they are ready. */
export async function startServers(context: StartContext, linksReady: Promise<unknown>): Promise<void> {
  await Promise.all(context.nodes.map((node) => startServer(node, context, linksReady)));
}

/** Starts one Toxiproxy server per client and creates every link's proxy; the keeper is told how to restore them. */
export async function startLinks(context: StartContext): Promise<LinkFleet> {
  const { client, links } = context;
  const servers = new Map<string, LinkControl>(links.map((link) => [link.process, link]));
  await Promise.all(
    [...servers].map(async ([component, { controlPort }]) => {
      await startServer({ component, server: 'toxiproxy', port: controlPort, extraPorts: {} }, context);
      await toxiproxyReady(controlPort, AbortSignal.any([context.signal, AbortSignal.timeout(TOXIPROXY_READY_MS)]));
    }),
  );
  const fleet = await connectLinks(client, links);
  await client.request('links', { links });
  return fleet;
}

/** The fleet of an environment; servers whose control API hangs are replaced through the keeper. */
export function connectLinks(client: KeeperClient, links: readonly LinkControl[]): Promise<LinkFleet> {
  return fleetOf(links, async (name) => {
    await client.request('signal', { name, signal: 'SIGKILL' });
    await client.request('start', { name });
  });
}

/** Folders that services and witnesses work in. */
export async function makeWorkFolders(dataDir: string, names: readonly string[]): Promise<void> {
  await Promise.all(names.map((name) => mkdir(join(dataDir, name), { recursive: true })));
}
