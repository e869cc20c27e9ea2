import { declarationOf, serviceOf } from '#sut/contract/components.ts';
import type { Environment } from '#sut/contract/environment.ts';

/**
 * Components and links whose failure can make an operation fail that the gateway and one service answer with nothing but the service's
 * database; everything else is asynchronous. Of a database cluster any node may be the one that answers.
 */
export function reachOf(
  environment: Pick<Environment, 'components' | 'links'>,
  service: 'order' | 'orchestrator',
): readonly string[] {
  const instances = environment.components.filter((name) => serviceOf(name) === service);
  const databases = databaseNodes(environment);
  const onTheWay = new Set<string>(['gateway', ...instances, ...databases]);
  const links = environment.links.filter(({ client, server }) => {
    const isAsked = client === 'gateway' && instances.includes(server);
    return isAsked || (databases.includes(server) && (instances.includes(client) || databases.includes(client)));
  });
  return [...onTheWay, ...links.map(({ name }) => name)];
}

/** PostgreSQL, what stands in front of it, and what it needs to have a primary. */
function databaseNodes({ components }: Pick<Environment, 'components'>): readonly string[] {
  const nodes = components.filter((name) => declarationOf(name).engine === 'postgres');
  const needed = nodes.flatMap((name) => declarationOf(name).uses);
  return components.filter((name) => nodes.includes(name) || needed.includes(name));
}
