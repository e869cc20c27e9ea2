import { listDefects, loadDefect } from '#scenarios/defects/load-defect.ts';
import type { Defect } from '#scenarios/model/defect.ts';
import { BaseCommand } from './base-command.ts';

export default class Defects extends BaseCommand {
  static override summary =
    'Lists the bugs that can be planted with `run --defect`, and the invariants that must catch each.';

  override async run(): Promise<readonly Defect[]> {
    await this.parse(Defects);
    const names = await listDefects();
    const defects = await Promise.all(names.map(async (name) => (await loadDefect(name)).defect));
    for (const { name, summary, invariants, scenario } of defects)
      this.log(`${name}\n    ${summary}\n    caught by ${invariants.join(', ')} in ${scenario}`);
    return defects;
  }
}
