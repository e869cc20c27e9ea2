import type { ComponentName } from '#sut/contract/components.ts';
import type { Environment } from '#sut/contract/environment.ts';
import type { CrashSite } from './crash-site.ts';
import type { OutboxView } from './outbox-view.ts';

/** The process that is the primary of the service's database now, as the database itself tells. */
export async function primaryOf(
  environment: Environment,
  { nodes, service }: CrashSite,
  view: Pick<OutboxView, 'primaryPort'>,
): Promise<ComponentName> {
  const port = await view.primaryPort();
  const primary = nodes.find((node) => environment.port(node) === port);
  if (primary === undefined) throw new Error(`the primary of ${service} listens on port ${port}, which is no node's`);
  return primary;
}
