import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunReport } from '#reports/model/run-report.ts';
import { summarize } from '#reports/model/summarize.ts';
import { REPORTERS } from '#reports/reporters/catalog.ts';
import type { RunResult } from '#scenarios/engine/run-scenario.ts';

/** Writes every report into the bundle and returns what they were made from. */
export function writeReports(result: RunResult): RunReport {
  const report = summarize(result.record, result.history, result, result.bundleDir);
  for (const reporter of REPORTERS) writeFileSync(join(result.bundleDir, reporter.fileName), reporter.render(report));
  return report;
}
