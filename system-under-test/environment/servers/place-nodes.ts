import type { ServerName } from '../components/server-name.ts';
import { freePort } from './free-port.ts';
import type { ServerDriver, ServerNode, ServerPlace } from './server-driver.ts';

/** `count` nodes of one program on free ports, named after it (`redis-2`; `redis` when it is alone). */
export async function freeNodes(
  driver: ServerDriver<ServerName>,
  count: number,
  taken: Set<number> = new Set(),
): Promise<readonly ServerNode[]> {
  const next = async (): Promise<number> => {
    const port = await freePort(taken);
    taken.add(port);
    return port;
  };
  const nodes: ServerNode[] = [];
  for (let index = 1; index <= count; index++) {
    const extraPorts: Record<string, number> = {};
    for (const name of driver.extraPorts ?? []) extraPorts[name] = await next();
    const component = count === 1 ? driver.name : `${driver.name}-${index}`;
    nodes.push({ component, server: driver.name, port: await next(), extraPorts });
  }
  return nodes;
}

/** The place of a node that reaches the others, and is reached, without proxies. */
export const directPlace = (
  node: ServerNode,
  surroundings: Pick<ServerPlace, 'nodes' | 'dataDir' | 'logFile' | 'programs'>,
): ServerPlace => ({ ...node, ...surroundings, advertisedPort: node.port, reach: ({ port }) => port });
