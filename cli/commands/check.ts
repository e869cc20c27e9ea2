import { Args } from '@oclif/core';
import { EXIT_CODES, type RunReport } from '#reports/model/run-report.ts';
import { summarize } from '#reports/model/summarize.ts';
import { terminalReporter } from '#reports/reporters/terminal.ts';
import { judgeBundle } from '#scenarios/engine/judge-bundle.ts';
import { BaseCommand } from './base-command.ts';

export default class Check extends BaseCommand {
  static override summary = 'Judges the bundle of a recorded run again, offline.';
  static override description =
    'The same bundle gives the same verdict. An unfinished or interrupted run is inconclusive (exit code 3).';
  static override examples = ['<%= config.bin %> check .chaos/runs/saga-recovery-7-20260101120000'];
  static override args = { bundle: Args.string({ required: true, description: 'folder of the run' }) };

  override async run(): Promise<RunReport> {
    const { args } = await this.parse(Check);
    const judged = await judgeBundle(args.bundle);
    const summary = summarize(judged.record, judged.history, judged, args.bundle);
    // This command was not interrupted itself; the run that was proves nothing.
    const exitCode = summary.outcome === 'interrupted' ? EXIT_CODES.inconclusive : summary.exitCode;
    const report = { ...summary, exitCode };
    this.log(terminalReporter.render(report).trimEnd());
    process.exitCode = exitCode;
    return report;
  }
}
