import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { LinkFleet } from '#toxiproxy/links/link-fleet.ts';
import type { Installations } from './components/ensure-all.ts';
import type { ServerName } from './components/server-name.ts';
import type { EnvironmentPaths } from './environment-paths.ts';
import type { KeeperClient } from './keeper/keeper-client.ts';
import { fleetOf, toxiproxyReady } from './keeper/link-healing.ts';
import type { LinkControl } from './keeper/protocol.ts';
import type { PortPlan } from './port-plan.ts';
import { DRIVERS } from './servers/drivers.ts';
import type { ServerDriver } from './servers/server-driver.ts';

export interface StartContext {
  readonly client: KeeperClient;
  readonly installations: Installations<ServerName>;
  readonly paths: EnvironmentPaths;
  readonly plan: PortPlan;
  readonly signal: AbortSignal;
}

const STORES_AND_BROKER = ['kafka', 'postgres', 'mongodb', 'redis'] as const;
const TOXIPROXY_READY_MS = 10_000;

/** Prepares and starts one server under the keeper, as `name`; resolves when its process runs. */
async function startServer(server: ServerName, context: StartContext, name: string, port: number): Promise<void> {
  const { client, installations, paths, signal } = context;
  const driver: ServerDriver<ServerName> = DRIVERS[server];
  const place = { dataDir: join(paths.dataDir, name), logFile: join(paths.logsDir, `${name}.log`), port };
  const spec = await driver.prepare(installations[server], place, signal);
  await client.request('spawn', { spec: { ...spec, name } });
}

/** Starts broker and databases side by side; resolves when their processes run, which is before they are ready. */
export async function startServers(context: StartContext): Promise<void> {
  await Promise.all(
    STORES_AND_BROKER.map((server) => startServer(server, context, server, context.plan.components[server])),
  );
}

/** Starts one Toxiproxy server per client and creates every link's proxy; the keeper is told how to restore them. */
export async function startLinks(context: StartContext): Promise<LinkFleet> {
  const { client, plan } = context;
  const servers = new Map<string, LinkControl>(plan.links.map((link) => [link.process, link]));
  await Promise.all(
    [...servers].map(async ([name, { controlPort }]) => {
      await startServer('toxiproxy', context, name, controlPort);
      await toxiproxyReady(controlPort, AbortSignal.any([context.signal, AbortSignal.timeout(TOXIPROXY_READY_MS)]));
    }),
  );
  const fleet = await connectLinks(client, plan.links);
  await client.request('links', { links: plan.links });
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
