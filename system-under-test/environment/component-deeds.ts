import { join } from 'node:path';
import type { ComponentName } from '../contract/components.ts';
import type { Capability, Deed, DiskSpace } from '../contract/environment.ts';
import { diskSpace, fillDisk, freeDisk } from './ballast.ts';
import type { EnvironmentRecord } from './environment-record.ts';
import type { KeeperClient } from './keeper/keeper-client.ts';
import { DISK_CAPABILITIES, PROCESS_CAPABILITIES, performOnServer, serverCapabilities } from './perform-on-server.ts';
import { nodeOf } from './servers/server-nodes.ts';
import { writeClock } from './service-clock.ts';

/** What can be done to the components of an environment, and doing it; see `Environment` for the contract of each. */
export class ComponentDeeds {
  readonly #record: EnvironmentRecord;
  readonly #keeper: Pick<KeeperClient, 'request'>;

  constructor(record: EnvironmentRecord, keeper: Pick<KeeperClient, 'request'>) {
    this.#record = record;
    this.#keeper = keeper;
  }

  /** Every component is a process of ours; servers can do more, each in its own way. */
  capabilities(component: ComponentName): readonly Capability[] {
    const node = nodeOf(this.#record.nodes, component);
    return [
      ...PROCESS_CAPABILITIES,
      ...(node === undefined ? [] : serverCapabilities(node)),
      ...(this.#record.prepared?.disks.includes(component) ? DISK_CAPABILITIES : []),
      ...(this.#record.prepared?.clocks.includes(component) ? (['set-clock'] as const) : []),
    ];
  }

  diskSpace(component: ComponentName): Promise<DiskSpace> {
    return diskSpace(this.#diskOf(component));
  }

  setClock(component: ComponentName, offsetMs: number): void {
    this.#assertCapable(component, 'set-clock');
    writeClock(this.#record.paths.dataDir, component, offsetMs);
  }

  async perform(component: ComponentName, deed: Deed, signal: AbortSignal): Promise<void> {
    const name = component;
    switch (deed) {
      case 'kill':
        await this.#keeper.request('signal', { name, signal: 'SIGKILL' });
        return;
      case 'pause':
        await this.#keeper.request('signal', { name, signal: 'SIGSTOP' });
        return;
      case 'resume':
        await this.#keeper.request('signal', { name, signal: 'SIGCONT' });
        return;
      case 'stop':
        await this.#keeper.request('stop', { name });
        return;
      case 'start':
        await this.#keeper.request('start', { name });
        return;
      case 'fill-disk':
        await fillDisk(this.#diskOf(component), signal);
        return;
      case 'free-disk':
        await freeDisk(this.#diskOf(component));
        return;
      default: {
        const node = nodeOf(this.#record.nodes, component);
        if (node === undefined || !serverCapabilities(node).includes(deed)) throw unsupported(component, deed);
        await performOnServer(node, deed, this.#keeper, signal);
      }
    }
  }

  #diskOf(component: ComponentName): string {
    this.#assertCapable(component, 'fill-disk');
    return join(this.#record.paths.dataDir, component);
  }

  #assertCapable(component: ComponentName, capability: Capability): void {
    if (!this.capabilities(component).includes(capability)) throw unsupported(component, capability);
  }
}

const unsupported = (component: ComponentName, capability: Capability): Error =>
  new Error(`${component} does not support ${capability}`);
