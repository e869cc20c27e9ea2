import type { Reporter } from '../model/reporter.ts';

/** The whole report for machines: `RunReport` as it stands in `reports/model/run-report.ts`. */
export const jsonReporter: Reporter = {
  format: 'json',
  fileName: 'report.json',
  render: (report) => `${JSON.stringify(report, null, 2)}\n`,
};
