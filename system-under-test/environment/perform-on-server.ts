import type { Capability, Deed } from '../contract/environment.ts';
import type { KeeperClient } from './keeper/keeper-client.ts';
import { stepDown } from './servers/mongodb-member.ts';
import { restPortOf, switchover } from './servers/patroni-control.ts';
import { flushRedis } from './servers/provision-databases.ts';
import { fellowsOf, type NodeInTopology } from './servers/server-driver.ts';

/** What every process can take. */
export const PROCESS_CAPABILITIES = [
  'kill',
  'stop',
  'pause',
  'resume',
  'start',
] as const satisfies readonly Capability[];
/** What a server with a file system of its own can take besides. */
export const DISK_CAPABILITIES = ['fill-disk', 'free-disk'] as const satisfies readonly Capability[];
type ServerCapability = Exclude<Deed, (typeof PROCESS_CAPABILITIES | typeof DISK_CAPABILITIES)[number]>;

/** What can be done to a server beyond that, by the program that it runs. */
export function serverCapabilities(node: NodeInTopology): readonly ServerCapability[] {
  switch (node.server) {
    case 'patroni':
      return ['kill-supervisor', 'kill-supervised', 'switchover'];
    case 'mongodb':
      return fellowsOf(node).length > 1 ? ['step-down'] : [];
    case 'redis':
      return ['flush'];
    default:
      return [];
  }
}

/** Does it; resolves when it is done, rejects with what the server said instead. */
export async function performOnServer(
  node: NodeInTopology,
  capability: ServerCapability,
  keeper: Pick<KeeperClient, 'request'>,
  signal: AbortSignal,
): Promise<void> {
  const name = node.component;
  switch (capability) {
    case 'kill-supervisor':
      await keeper.request('kill-part', { name, part: 'supervisor' });
      return;
    case 'kill-supervised':
      await keeper.request('kill-part', { name, part: 'supervised' });
      return;
    case 'switchover':
      await switchover(restPortOf(node), { leader: name }, signal);
      return;
    case 'step-down':
      await stepDown(node.port, signal);
      return;
    case 'flush':
      await flushRedis(node.port, signal);
  }
}
