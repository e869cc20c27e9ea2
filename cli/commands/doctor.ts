import { Flags } from '@oclif/core';
import { EXIT_CODES } from '#reports/model/run-report.ts';
import { ensureAll } from '#sut/environment/components/ensure-all.ts';
import { INSTALLABLE_NAMES } from '#sut/environment/components/installable-name.ts';
import { type ComponentReport, locateAll } from '#sut/environment/components/locate-all.ts';
import { sourcesFor } from '#sut/environment/components/sources.ts';
import { abortOnSignals } from '../present/abort-on-signals.ts';
import { InstallLines } from '../present/install-lines.ts';
import { ENVIRONMENT_FLAGS } from '../run/environment-flags.ts';
import { BaseCommand } from './base-command.ts';

export default class Doctor extends BaseCommand {
  static override summary = 'Shows where each server and tool comes from, what is missing and how to get it.';
  static override description =
    'Debezium on a cluster needs a newer PostgreSQL than the rest: name the topology and the publisher to see it.\n' +
    'Exit code 0 when everything is there or the next run can fetch it, 4 when something has to be installed by hand.';
  static override examples = [
    '<%= config.bin %> doctor',
    '<%= config.bin %> doctor --install',
    '<%= config.bin %> doctor --topology cluster --publisher debezium',
  ];
  static override flags = {
    install: Flags.boolean({ summary: 'fetch what is missing into the cache now' }),
    topology: ENVIRONMENT_FLAGS.topology,
    publisher: ENVIRONMENT_FLAGS.publisher,
  };

  override async run(): Promise<readonly ComponentReport[]> {
    const { flags } = await this.parse(Doctor);
    const sources = sourcesFor(flags.topology, flags.publisher);
    if (flags.install) {
      using interruption = abortOnSignals();
      const lines = new InstallLines((line) => this.logToStderr(line));
      await ensureAll(INSTALLABLE_NAMES, {
        sources,
        onProgress: (progress) => lines.show(progress),
        signal: interruption.signal,
      });
    }
    const reports = await locateAll(sources);
    for (const report of reports) this.log(describe(report));
    if (reports.some((report) => report.origin === 'missing' && !report.isInstallable)) {
      process.exitCode = EXIT_CODES['environment-error'];
    }
    return reports;
  }
}

function describe(report: ComponentReport): string {
  const mark = report.origin !== 'missing' ? '✓' : report.isInstallable ? '↓' : '✗';
  const found =
    report.origin === 'missing' ? `missing (needs ${report.neededVersion})` : `${report.version} from ${report.origin}`;
  return [
    `${mark} ${report.name.padEnd(11)} ${found}`,
    ...(report.path === undefined ? [] : [`    ${report.path}`]),
    ...report.problems.map((problem) => `    ${problem}`),
    ...(report.todo === '' ? [] : [`    ${report.todo}`]),
  ].join('\n');
}
