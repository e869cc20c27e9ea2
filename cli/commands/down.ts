import { EXIT_CODES } from '#reports/model/run-report.ts';
import type { Residue } from '#sut/contract/environment.ts';
import { down } from '#sut/environment/down.ts';
import { BaseCommand } from './base-command.ts';

export default class Down extends BaseCommand {
  static override summary = 'Ends what `up` left running and says what is left of it; fine when nothing is up.';

  override async run(): Promise<Residue | Record<string, never>> {
    await this.parse(Down);
    const residue = await down(this.stateDir);
    if (residue === undefined) {
      this.log('Nothing is up.');
      return {};
    }
    const left = Object.entries(residue).flatMap(([kind, names]: [string, readonly string[]]) =>
      names.map((name) => `${kind}: ${name}`),
    );
    this.log(left.length === 0 ? 'Down; nothing is left.' : `Down, but this is left:\n  ${left.join('\n  ')}`);
    if (left.length > 0) process.exitCode = EXIT_CODES['environment-error'];
    return residue;
  }
}
