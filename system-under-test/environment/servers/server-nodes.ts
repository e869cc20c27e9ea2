import {
  type ComponentName,
  componentsOf,
  declarationOf,
  type Publisher,
  type Topology,
} from '../../contract/components.ts';
import type { ServerName } from '../components/server-name.ts';
import { DRIVERS } from './drivers.ts';
import type { NodeInTopology, ServerDriver, ServerNode } from './server-driver.ts';

/** Components that run another program than the engine that they are a node of, or are a node of none. */
const PROGRAMS: { readonly [C in ComponentName]?: ServerName } = {
  etcd: 'etcd',
  'postgres-1': 'patroni',
  'postgres-2': 'patroni',
  'postgres-3': 'patroni',
  haproxy: 'haproxy',
  connect: 'connect',
};

/** The program that a server component runs; `undefined` for our own processes. */
function programOf(component: ComponentName): ServerName | undefined {
  const { kind, engine } = declarationOf(component);
  return kind === 'server' ? (PROGRAMS[component] ?? engine) : undefined;
}

/** Server components of a topology with their programs, in the order of the contract. */
export const serversOf = (
  topology: Topology,
  publisher?: Publisher,
): readonly { readonly component: ComponentName; readonly server: ServerName }[] =>
  componentsOf(topology, publisher).flatMap((component) => {
    const server = programOf(component);
    return server === undefined ? [] : [{ component, server }];
  });

/** Every program that an environment of this topology needs on the machine, that of the links included. */
export function programsOf(topology: Topology, publisher?: Publisher): readonly ServerName[] {
  const programs = serversOf(topology, publisher).flatMap(({ server }) => [server, ...(driverOf(server).needs ?? [])]);
  return [...new Set<ServerName>([...programs, 'toxiproxy'])];
}

/** The driver of any server, without the type of its installation. */
export const driverOf = (server: ServerName): ServerDriver<ServerName> => DRIVERS[server];

/** The node of a component among all of an environment; `undefined` when it is no server of it. */
export function nodeOf(nodes: readonly ServerNode[], component: string): NodeInTopology | undefined {
  const node = nodes.find((each) => each.component === component);
  return node === undefined ? undefined : { ...node, nodes };
}
