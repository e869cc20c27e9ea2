import { COMPONENT_NAMES, COMPONENTS, type ComponentName, LINKS, type Link } from '../contract/components.ts';
import { EnvironmentError } from './environment-error.ts';
import type { LinkControl } from './keeper/protocol.ts';
import { type PortHolder, portHolder } from './port-holder.ts';
import { freePort, isFree } from './servers/free-port.ts';

/** `default`: the ports of the specification; `auto`: free ones. */
export type PortMode = 'default' | 'auto';

export interface PortPlan {
  readonly components: Readonly<Record<ComponentName, number>>;
  /** One proxy per link, one Toxiproxy server per client; their ports are always free ones. */
  readonly links: readonly LinkControl[];
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
export async function planPorts(mode: PortMode): Promise<PortPlan> {
  const used = new Set<number>(COMPONENT_NAMES.map((name) => COMPONENTS[name].defaultPort));
  const next = async (): Promise<number> => {
    const port = await freePort(used);
    used.add(port);
    return port;
  };
  if (mode === 'default') {
    await assertPortsFree(COMPONENT_NAMES.map((name) => [name, COMPONENTS[name].defaultPort]));
  }
  const components: Partial<Record<ComponentName, number>> = {};
  for (const name of COMPONENT_NAMES) {
    components[name] = mode === 'default' ? COMPONENTS[name].defaultPort : await next();
  }
  const ports = components as PortPlan['components'];
  return { components: ports, links: await planLinks(ports, next) };
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

async function planLinks(ports: PortPlan['components'], next: () => Promise<number>): Promise<readonly LinkControl[]> {
  const controlPorts = new Map<ComponentName, number>();
  const links: LinkControl[] = [];
  for (const { name, client, server } of LINKS) {
    const controlPort = controlPorts.get(client) ?? (await next());
    controlPorts.set(client, controlPort);
    const process = toxiproxyProcess(client);
    links.push({ name, client, process, controlPort, listenPort: await next(), upstreamPort: ports[server] });
  }
  return links;
}

/** Name of the child that carries a client's links. */
export const toxiproxyProcess = (client: Link['client']): string => `toxiproxy-${client}`;
