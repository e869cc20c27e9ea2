import { type Engine, nodesOf } from '../contract/components.ts';
import type { EnvironmentRecord } from './environment-record.ts';
import type { ServerNode } from './servers/server-driver.ts';

/** The nodes of an environment that hold an engine's data. */
export function dataNodes(
  { topology, nodes }: Pick<EnvironmentRecord, 'topology' | 'nodes'>,
  engine: Engine,
): readonly ServerNode[] {
  const names: readonly string[] = nodesOf(topology, engine);
  return nodes.filter(({ component }) => names.includes(component));
}
