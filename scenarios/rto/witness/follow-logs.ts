import { type Engine, nodesOf, type Topology } from '#sut/contract/components.ts';
import type { Environment } from '#sut/contract/environment.ts';
import type { LogExcerpt } from './testimony.ts';

/** From now on: what is called later resolves to what every node of an engine has written to its log meanwhile. */
export function followLogs(environment: Environment, topology: Topology, engine: Engine): () => readonly LogExcerpt[] {
  const marks = nodesOf(topology, engine).map((component) => ({ component, fromByte: environment.logSize(component) }));
  return () => marks.map(({ component, fromByte }) => ({ component, text: environment.log(component, fromByte) }));
}
