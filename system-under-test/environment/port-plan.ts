import {
  ALL_COMPONENTS,
  type ComponentName,
  componentsOf,
  declarationOf,
  type Link,
  linksOf,
  type Publisher,
  type Topology,
} from '../contract/components.ts';
import { EnvironmentError } from './environment-error.ts';
import type { LinkControl } from './keeper/protocol.ts';
import { type PortHolder, portHolder } from './port-holder.ts';
import { freePort, isFree } from './servers/free-port.ts';
import type { ServerNode } from './servers/server-driver.ts';
import { driverOf, serversOf } from './servers/server-nodes.ts';

/** `default`: the ports of the specification; `auto`: free ones. */
export type PortMode = 'default' | 'auto';

/** The port of each component of a topology. */
export type ComponentPorts = { readonly [C in ComponentName]?: number };

/** Ports that are nobody's business but the servers' and the proxies' are always free ones. */
export interface PortPlan {
  readonly components: ComponentPorts;
  /** The server components, in order, with their additional ports. */
  readonly nodes: readonly ServerNode[];
  /** One proxy per link, one Toxiproxy server per client. */
  readonly links: readonly LinkControl[];
  /** Where spans are sent to; nothing of the environment listens there. */
  readonly collectorPort: number;
}

/** Ports that components need are in use. */
export class PortTaken extends EnvironmentError {
  readonly taken: readonly { readonly component: ComponentName; readonly port: number; readonly holder?: PortHolder }[];
  constructor(taken: PortTaken['taken']) {
    const each = taken.map(({ component, port, holder }) => {
      const who =
        holder === undefined ? 'a process that cannot be seen' : `pid ${holder.pid}: ${shorten(holder.command)}`;
      return `${component} needs port ${port}, held by ${who}`;
    });
    super({
      what: each.join('; '),
      where: `127.0.0.1, port ${taken.map(({ port }) => port).join(', ')}`,
      todo: 'Stop the holder, or use free ports with "--ports auto".',
    });
    this.taken = taken;
  }
}

const shorten = (command: string): string => (command.length > 100 ? `${command.slice(0, 99)}…` : command);

/** Chooses every port of an environment. Rejects with `PortTaken`, naming all that are in use, before anything starts. */
export async function planPorts(topology: Topology, mode: PortMode, publisher?: Publisher): Promise<PortPlan> {
  const used = new Set<number>(ALL_COMPONENTS.map((name) => declarationOf(name).defaultPort));
  const next = async (): Promise<number> => {
    const port = await freePort(used);
    used.add(port);
    return port;
  };
  const names = componentsOf(topology, publisher);
  if (mode === 'default') await assertPortsFree(names.map((name) => [name, declarationOf(name).defaultPort]));
  const components = new Map<ComponentName, number>();
  for (const name of names) components.set(name, mode === 'default' ? declarationOf(name).defaultPort : await next());
  const nodes: ServerNode[] = [];
  for (const { component, server } of serversOf(topology, publisher)) {
    const extraPorts: Record<string, number> = {};
    for (const name of driverOf(server).extraPorts ?? []) extraPorts[name] = await next();
    nodes.push({ component, server, port: portOf(components, component), extraPorts });
  }
  const links = await planLinks(topology, components, next);
  return { components: Object.fromEntries(components), nodes, links, collectorPort: await next() };
}

function portOf(ports: ReadonlyMap<ComponentName, number>, component: ComponentName): number {
  const port = ports.get(component);
  if (port === undefined) throw new Error(`${component} is not part of the topology`);
  return port;
}

/** Rejects with `PortTaken`, naming every port that is in use and its holder. */
export async function assertPortsFree(wanted: readonly (readonly [ComponentName, number])[]): Promise<void> {
  const checked = await Promise.all(
    wanted.map(async ([component, port]) => {
      if (await isFree(port)) return [];
      const holder = portHolder(port);
      return [{ component, port, ...(holder === undefined ? {} : { holder }) }];
    }),
  );
  const taken = checked.flat();
  if (taken.length > 0) throw new PortTaken(taken);
}

async function planLinks(
  topology: Topology,
  ports: ReadonlyMap<ComponentName, number>,
  next: () => Promise<number>,
): Promise<readonly LinkControl[]> {
  const controlPorts = new Map<ComponentName, number>();
  const links: LinkControl[] = [];
  for (const { name, client, server } of linksOf(topology)) {
    const controlPort = controlPorts.get(client) ?? (await next());
    controlPorts.set(client, controlPort);
    const process = toxiproxyProcess(client);
    links.push({ name, client, process, controlPort, listenPort: await next(), upstreamPort: portOf(ports, server) });
  }
  return links;
}

/** Name of the child that carries a client's links. */
export const toxiproxyProcess = (client: Link['client']): string => `toxiproxy-${client}`;
