import {
  type ComponentName,
  componentsOf,
  declarationOf,
  type Link,
  linksOf,
  type Publisher,
  type Topology,
} from '#sut/contract/components.ts';

/** Components of a topology that a fault may hit: all but the outside world, whose ledgers are evidence. */
export const targetComponents = (topology: Topology, publisher: Publisher = 'relay'): readonly ComponentName[] =>
  componentsOf(topology, publisher).filter((name) => declarationOf(name).kind !== 'witness');

export const targetLinks = (topology: Topology): readonly Link['name'][] => linksOf(topology).map(({ name }) => name);

/** Links whose client is a server itself, as a balancer is one of its databases. */
export const serverLinks = (topology: Topology): readonly Link['name'][] =>
  linksOf(topology).flatMap(({ name, client }) => (declarationOf(client).kind === 'server' ? [name] : []));

/** Everything that a fault may hit. */
export const wholeSystem = (topology: Topology, publisher: Publisher): readonly string[] => [
  ...targetComponents(topology, publisher),
  ...targetLinks(topology),
];
