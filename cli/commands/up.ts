import { join } from 'node:path';
import { Flags } from '@oclif/core';
import type { ComponentStatus } from '#sut/contract/environment.ts';
import { provision } from '#sut/environment/provision.ts';
import { sharedStatus } from '#sut/environment/shared-status.ts';
import { abortOnSignals } from '../present/abort-on-signals.ts';
import { componentLines } from '../present/component-lines.ts';
import { provisionLines } from '../present/provision-lines.ts';
import { assertSameKind } from '../run/assert-same-kind.ts';
import { ENVIRONMENT_FLAGS } from '../run/environment-flags.ts';
import { BaseCommand } from './base-command.ts';

export default class Up extends BaseCommand {
  static override summary = 'Starts the system and leaves it running; `run` uses it until `down`.';
  static override flags = {
    ...ENVIRONMENT_FLAGS,
    traces: Flags.boolean({ summary: 'let the services send spans to the runs', default: true, allowNo: true }),
  };

  override async run(): Promise<readonly ComponentStatus[]> {
    const { flags } = await this.parse(Up);
    const running = await sharedStatus(this.stateDir);
    if (running !== undefined) {
      assertSameKind(running.record, flags);
      this.logToStderr('It is up already.');
      return this.#show(running.components);
    }
    using interruption = abortOnSignals();
    // Ended when sharing it fails; let go of, once it is shared.
    await using environment = await provision({
      stateDir: this.stateDir,
      runDir: join(this.stateDir, 'up'),
      ports: flags.ports,
      topology: flags.topology ?? 'compact',
      publisher: flags.publisher ?? 'relay',
      traces: flags.traces,
      onProgress: provisionLines((line) => this.logToStderr(line)),
      signal: interruption.signal,
    });
    await environment.share();
    return this.#show(await environment.status());
  }

  #show(components: readonly ComponentStatus[]): readonly ComponentStatus[] {
    for (const line of componentLines(components)) this.log(line);
    return components;
  }
}
