import type { ComponentStatus } from '#sut/contract/environment.ts';
import { sharedStatus } from '#sut/environment/shared-status.ts';
import { componentLines } from '../present/component-lines.ts';
import { BaseCommand } from './base-command.ts';

interface Shown {
  readonly isUp: boolean;
  readonly components: readonly ComponentStatus[];
  readonly openFaults: readonly string[];
}

export default class Status extends BaseCommand {
  static override summary = 'Shows what `up` left running, and faults that are not healed.';

  override async run(): Promise<Shown> {
    await this.parse(Status);
    const shared = await sharedStatus(this.stateDir);
    if (shared === undefined) {
      this.log('Nothing is up. Start it with: chaos up');
      return { isUp: false, components: [], openFaults: [] };
    }
    const { components, openFaults } = shared;
    for (const line of componentLines(components)) this.log(line);
    this.log(openFaults.length === 0 ? 'no open fault' : `open faults: ${openFaults.join(', ')}`);
    return { isUp: true, components, openFaults };
  }
}
